package main

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
)

// client is whoever made the request.
type client struct {
	Address string `json:"ip"`
	Version int    `json:"version"`
	// Source tells who says so: "socket", or "x-forwarded-for" when a trusted machine wrote it there.
	Source string `json:"source"`
}

// proxies are the machines whose X-Forwarded-For is believed; the host, on loopback, always is.
type proxies []netip.Prefix

// trustedProxies reads "10.0.0.0/8,2001:db8::1".
func trustedProxies(list string) (proxies, error) {
	var trusted proxies
	for _, block := range strings.Split(list, ",") {
		block = strings.TrimSpace(block)
		if block == "" {
			continue
		}
		if address, err := netip.ParseAddr(block); err == nil {
			trusted = append(trusted, netip.PrefixFrom(address, address.BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(block)
		if err != nil {
			return nil, fmt.Errorf("TRUSTED_PROXIES: %w. Write it like 10.0.0.4, 10.0.0.0/8 or 2001:db8::/32", err)
		}
		trusted = append(trusted, prefix)
	}
	return trusted, nil
}

func (trusted proxies) include(address netip.Addr) bool {
	for _, prefix := range trusted {
		if prefix.Contains(address) {
			return true
		}
	}
	return address.IsLoopback()
}

// clientAddress walks X-Forwarded-For from the right, because every machine appends what it saw; the entries left of the first
// machine that is not trusted may be invented. One that cannot be read ends the walk.
func clientAddress(request *http.Request, trusted proxies) client {
	address, source := peerOf(request), "socket"
	// Header.Get would return the first line alone, and that one may be the caller's own.
	entries := strings.Split(strings.Join(request.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(entries) - 1; i >= 0 && trusted.include(address); i-- {
		hop, found := parseHop(strings.TrimSpace(entries[i]))
		// A link-local address never crosses a router, so nobody can have called from one through a proxy.
		if !found || hop.IsLinkLocalUnicast() {
			break
		}
		address, source = hop, "x-forwarded-for"
	}
	version := 6
	if address.Is4() {
		version = 4
	}
	return client{Address: address.String(), Version: version, Source: source}
}

func peerOf(request *http.Request) netip.Addr {
	// The server itself wrote RemoteAddr; if it could not be read, no entry would be believed and the address shows as invalid.
	peer, _ := netip.ParseAddrPort(request.RemoteAddr)
	return canonical(peer.Addr())
}

// parseHop reads [v6]:port, [v6], v6, v4:port and v4: Azure's front end appends the port, others do not.
func parseHop(entry string) (address netip.Addr, found bool) {
	if withPort, err := netip.ParseAddrPort(entry); err == nil {
		return canonical(withPort.Addr()), true
	}
	if strings.HasPrefix(entry, "[") && strings.HasSuffix(entry, "]") && strings.Contains(entry, ":") {
		entry = entry[1 : len(entry)-1]
	}
	address, err := netip.ParseAddr(entry)
	return canonical(address), err == nil
}

// canonical takes an IPv4 address out of its IPv6 form and drops the zone.
func canonical(address netip.Addr) netip.Addr {
	return address.Unmap().WithZone("")
}
