package main

import (
	"net/http/httptest"
	"testing"
)

const host = "127.0.0.1"

// clientOf asks for the client of a request that the host passed on, with one X-Forwarded-For line for each of the lines.
func clientOf(t *testing.T, remoteAddress string, lines ...string) client {
	t.Helper()
	trusted, err := trustedProxies("10.0.0.0/8, 2001:db8:ffff::1")
	if err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequest("GET", "/api/httptrigger", nil)
	request.RemoteAddr = remoteAddress
	for _, line := range lines {
		request.Header.Add("X-Forwarded-For", line)
	}
	return clientAddress(request, trusted)
}

func TestClientAddressFollowsTrustedMachines(t *testing.T) {
	for forwardedFor, want := range map[string]string{
		"203.0.113.7:51234":                                 "203.0.113.7",
		"6.6.6.6, 203.0.113.7:51234":                        "203.0.113.7",
		"2001:db8::7":                                       "2001:db8::7",
		"[2001:db8::7]:51234":                               "2001:db8::7",
		"[2001:db8::7]":                                     "2001:db8::7",
		"6.6.6.6, [2001:db8::7]:51234":                      "2001:db8::7",
		"203.0.113.7:51234, 10.0.0.4, [2001:db8::7]":        "2001:db8::7",
		"6.6.6.6, 203.0.113.7:51234, 10.0.0.4":              "203.0.113.7",
		"6.6.6.6, 203.0.113.7, 2001:db8:ffff::1, 127.0.0.1": "203.0.113.7",
		"10.0.0.9, 10.0.0.4":                                "10.0.0.9",
		"::ffff:203.0.113.7":                                "203.0.113.7",
		"203.0.113.7, ::ffff:10.0.0.4":                      "203.0.113.7",
		" 203.0.113.7 ":                                     "203.0.113.7",
		"6.6.6.6,203.0.113.7":                               "203.0.113.7",
		"2001:0DB8:0:0:0:0:0:7":                             "2001:db8::7",
		"2001:db8::7%eth0":                                  "2001:db8::7",
		"127.0.0.1":                                         "127.0.0.1",
	} {
		if got := clientOf(t, host+":1234", forwardedFor); got.Address != want || got.Source != "x-forwarded-for" {
			t.Errorf("%q: got %+v, want %s", forwardedFor, got, want)
		}
	}
}

func TestClientAddressFallsBackToThePeer(t *testing.T) {
	for _, forwardedFor := range []string{
		"", "unknown", "_hidden", "fe80::1%eth0", "169.254.3.4", "010.0.0.1", "203.0.113.256", "[203.0.113.7]", "203.0.113.7:port",
		"203.0.113.7, ", "<script>alert(1)</script>", "localhost",
	} {
		if got := clientOf(t, host+":1234", forwardedFor); got != (client{host, 4, "socket"}) {
			t.Errorf("%q: got %+v, want the peer", forwardedFor, got)
		}
	}
}

func TestClientAddressStopsAtAnUnreadableEntry(t *testing.T) {
	if got := clientOf(t, host+":1234", "203.0.113.7, unknown, 10.0.0.4"); got.Address != "10.0.0.4" {
		t.Errorf("got %+v, want 10.0.0.4", got)
	}
}

func TestClientAddressReadsAllLinesAsOneList(t *testing.T) {
	if got := clientOf(t, host+":1234", "6.6.6.6", "203.0.113.7"); got.Address != "203.0.113.7" {
		t.Errorf("got %+v, want 203.0.113.7", got)
	}
}

func TestClientAddressBelievesNoHeaderOfAStranger(t *testing.T) {
	if got := clientOf(t, "[2001:db8::9]:1234", "6.6.6.6"); got != (client{"2001:db8::9", 6, "socket"}) {
		t.Errorf("got %+v, want the peer", got)
	}
}

func TestTrustedProxiesRefusesWhatIsNoAddress(t *testing.T) {
	for _, list := range []string{"10.0.0.0/33", "10.0.0/8", "proxy.example"} {
		if _, err := trustedProxies(list); err == nil {
			t.Errorf("%q was taken", list)
		}
	}
}
