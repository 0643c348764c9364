// The custom handler that every candidate forwards to: as little work per request as net/http allows,
// so that what the table compares is the proxy in front of it.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

var chunk = bytes.Repeat([]byte("x"), 64<<10)

func main() {
	port := flag.String("port", os.Getenv("FUNCTIONS_CUSTOMHANDLER_PORT"), "port to listen on")
	flag.Parse()
	fmt.Fprintln(os.Stderr, http.ListenAndServe("127.0.0.1:"+*port, http.HandlerFunc(serve)))
	os.Exit(1)
}

func serve(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/api/big":
		sendBytes(w, r)
	case r.URL.Path == "/api/up":
		countBytes(w, r)
	case r.URL.Path == "/api/count":
		fmt.Fprint(w, messageCount.Load())
	case r.URL.Path == "/api/ticks":
		sendTicks(w)
	case r.URL.Path == "/Message":
		countMessage(w, r)
	case r.URL.Path == "/Tick":
		noteTick(w, r)
	case r.Method == http.MethodPost && !strings.HasPrefix(r.URL.Path, "/api/"):
		answerInvocation(w, r)
	default:
		io.WriteString(w, "Hello")
	}
}

// GET /api/big?n=BYTES
func sendBytes(w http.ResponseWriter, r *http.Request) {
	left, err := strconv.Atoi(r.URL.Query().Get("n"))
	if err != nil {
		http.Error(w, "n is not a number", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.Itoa(left))
	for left > 0 {
		piece := chunk
		if left < len(piece) {
			piece = piece[:left]
		}
		if _, err := w.Write(piece); err != nil {
			return
		}
		left -= len(piece)
	}
}

// POST /api/up: says how many bytes arrived, so that a lost one is seen.
func countBytes(w http.ResponseWriter, r *http.Request) {
	count, _ := io.Copy(io.Discard, r.Body)
	fmt.Fprint(w, count)
}

type invocation struct {
	Data     map[string]json.RawMessage
	Metadata map[string]json.RawMessage
}

type invocationReply struct {
	Outputs map[string]httpOutput
}

type httpOutput struct {
	StatusCode int               `json:"statusCode"`
	Body       string            `json:"body"`
	Headers    map[string]string `json:"headers"`
}

// POST /<FunctionName>: payload mode.
func answerInvocation(w http.ResponseWriter, r *http.Request) {
	var call invocation
	if err := json.NewDecoder(r.Body).Decode(&call); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(invocationReply{Outputs: map[string]httpOutput{
		"res": {StatusCode: 200, Body: "Hello", Headers: map[string]string{"Content-Type": "text/plain"}},
	}})
}

var messageCount atomic.Int64

// POST /Message: a queue message, about which nothing is to be done. GET /api/count says how many there were.
func countMessage(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	messageCount.Add(1)
	answerNothing(w)
}

var ticks struct {
	sync.Mutex
	arrivals []int64
}

// POST /Tick: a timer fires. GET /api/ticks tells when each did, in microseconds since 1970.
func noteTick(w http.ResponseWriter, r *http.Request) {
	arrival := time.Now().UnixMicro()
	io.Copy(io.Discard, r.Body)
	ticks.Lock()
	ticks.arrivals = append(ticks.arrivals, arrival)
	ticks.Unlock()
	answerNothing(w)
}

func sendTicks(w http.ResponseWriter) {
	ticks.Lock()
	defer ticks.Unlock()
	json.NewEncoder(w).Encode(ticks.arrivals)
}

func answerNothing(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	io.WriteString(w, "{}")
}
