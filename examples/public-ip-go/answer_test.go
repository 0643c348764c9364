package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// call asks the whole program as the host does; headers come in pairs of name and value.
func call(method, target string, headers ...string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, target, nil)
	request.RemoteAddr = "127.0.0.1:1234"
	request.Header.Set("X-Forwarded-For", "203.0.113.7:51234")
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response := httptest.NewRecorder()
	newHandler(nil).ServeHTTP(response, request)
	return response
}

const (
	text     = "203.0.113.7\n"
	jsonText = `{"ip":"203.0.113.7","version":4,"source":"x-forwarded-for"}` + "\n"
)

func TestFormatFollowsTheCaller(t *testing.T) {
	for _, each := range []struct{ target, accept, want string }{
		{"", "", text},
		{"", "*/*", text},
		{"", "text/html,application/xhtml+xml,*/*;q=0.8", text},
		{"", "application/json", jsonText},
		{"", "Application/JSON", jsonText},
		{"", "application/json, text/plain;q=0.5", jsonText},
		{"", "application/json, text/plain, */*", jsonText},
		{"", "text/plain, application/json", text},
		{"", "application/json;q=0.4, text/*;q=0.5", text},
		{"", "application/json;q=0, */*", text},
		{"", "application/json;q=much", text},
		{"", "application/json;q=5", text},
		{"", "image/png", text},
		{"?format=json", "text/plain", jsonText},
		{"?format=text", "application/json", text},
		{"?format=nosuch", "application/json", jsonText},
	} {
		response := call("GET", "/api/httptrigger"+each.target, "Accept", each.accept)
		if got := response.Body.String(); response.Code != http.StatusOK || got != each.want {
			t.Errorf("%s Accept %q: got %d %q, want %q", each.target, each.accept, response.Code, got, each.want)
		}
	}
}

func TestHeadersKeepTheAnswerOutOfCaches(t *testing.T) {
	header := call("GET", "/api/httptrigger").Header()
	for name, want := range map[string]string{
		"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store", "Vary": "Accept", "X-Content-Type-Options": "nosniff",
		"Access-Control-Allow-Origin": "*",
	} {
		if got := header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestMethods(t *testing.T) {
	for method, want := range map[string]int{"GET": 200, "HEAD": 200, "POST": 200, "OPTIONS": 204, "PUT": 405, "DELETE": 405} {
		response := call(method, "/api/httptrigger")
		if response.Code != want {
			t.Errorf("%s: got %d, want %d", method, response.Code, want)
		}
		if want > 200 && response.Header().Get("Allow") != allowed {
			t.Errorf("%s: Allow is %q", method, response.Header().Get("Allow"))
		}
	}
}

func TestReadinessAndUnknownPaths(t *testing.T) {
	for path, want := range map[string]int{"/": 200, "/favicon.ico": 404} {
		if got := call("GET", path).Code; got != want {
			t.Errorf("%s: got %d, want %d", path, got, want)
		}
	}
}
