package main

import (
	"strconv"
	"strings"
)

// mediaRange is one element of an Accept header (RFC 9110, section 12.5.1).
type mediaRange struct {
	name    string
	quality float64
}

func parseAccept(accept string) []mediaRange {
	var ranges []mediaRange
	for _, element := range strings.Split(strings.ToLower(accept), ",") {
		parts := strings.Split(element, ";")
		parsed := mediaRange{name: strings.TrimSpace(parts[0]), quality: 1}
		for _, parameter := range parts[1:] {
			if parameter = strings.TrimSpace(parameter); strings.HasPrefix(parameter, "q=") {
				quality, err := strconv.ParseFloat(parameter[len("q="):], 64)
				// A quality that cannot be read asks for nothing.
				if err != nil || !(quality >= 0 && quality <= 1) {
					quality = 0
				}
				parsed.quality = quality
			}
		}
		ranges = append(ranges, parsed)
	}
	return ranges
}

// prefers tells whether one media type has the higher quality, or the same and was named first.
func prefers(ranges []mediaRange, one, other string) bool {
	quality, place := acceptance(ranges, one)
	otherQuality, otherPlace := acceptance(ranges, other)
	return quality > otherQuality || (quality > 0 && quality == otherQuality && place < otherPlace)
}

// acceptance finds the most specific range for a media type: who refuses application/json means it, even beside a wildcard.
func acceptance(ranges []mediaRange, mediaType string) (quality float64, place int) {
	family, _, _ := strings.Cut(mediaType, "/")
	for _, candidate := range []string{mediaType, family + "/*", "*/*"} {
		for place, each := range ranges {
			if each.name == candidate {
				return each.quality, place
			}
		}
	}
	return 0, len(ranges)
}
