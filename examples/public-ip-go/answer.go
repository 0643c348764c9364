package main

import (
	"encoding/json"
	"net/http"
	"strings"
)

const allowed = "GET, HEAD, POST, OPTIONS"

// answer writes the caller's address, as text or as JSON. It never repeats a byte of what was sent.
func answer(response http.ResponseWriter, request *http.Request, trusted proxies) {
	header := response.Header()
	// Otherwise a cache serves one visitor's address to the next.
	header.Set("Cache-Control", "no-store")
	header.Set("Vary", "Accept")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Access-Control-Allow-Origin", "*")

	switch request.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
	case http.MethodOptions:
		header.Set("Allow", allowed)
		header.Set("Access-Control-Allow-Methods", allowed)
		header.Set("Access-Control-Max-Age", "86400")
		response.WriteHeader(http.StatusNoContent)
		return
	default:
		header.Set("Allow", allowed)
		http.Error(response, "Use one of "+allowed+".", http.StatusMethodNotAllowed)
		return
	}

	client := clientAddress(request, trusted)
	if wantsJSON(request) {
		header.Set("Content-Type", "application/json")
		// Fails only when the caller has gone.
		_ = json.NewEncoder(response).Encode(client)
		return
	}
	header.Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = response.Write([]byte(client.Address + "\n"))
}

// wantsJSON heeds ?format= first, then the Accept header. Text is for everybody who does not ask for JSON.
func wantsJSON(request *http.Request) bool {
	switch request.URL.Query().Get("format") {
	case "json":
		return true
	case "text":
		return false
	}
	ranges := parseAccept(strings.Join(request.Header.Values("Accept"), ","))
	return prefers(ranges, "application/json", "text/plain")
}
