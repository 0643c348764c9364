// Moves one body of -n bytes through URL, up or down, and checks that all of it arrived.
// Prints the milliseconds it took.
package main

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"
)

func main() {
	byteCount := flag.Int64("n", 1<<30, "bytes")
	up := flag.Bool("up", false, "send instead of receive")
	flag.Parse()
	started := time.Now()
	move := receive
	if *up {
		move = send
	}
	arrived, err := move(flag.Arg(0), *byteCount)
	if err == nil && arrived != *byteCount {
		err = fmt.Errorf("%d of %d bytes arrived", arrived, *byteCount)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(time.Since(started).Milliseconds())
}

func receive(url string, byteCount int64) (int64, error) {
	reply, err := http.Get(fmt.Sprintf("%s?n=%d", url, byteCount))
	if err != nil {
		return 0, err
	}
	defer reply.Body.Close()
	if reply.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("answered %s", reply.Status)
	}
	return io.CopyBuffer(struct{ io.Writer }{io.Discard}, reply.Body, make([]byte, 256<<10))
}

func send(url string, byteCount int64) (int64, error) {
	request, err := http.NewRequest(http.MethodPost, url, io.LimitReader(zeros{}, byteCount))
	if err != nil {
		return 0, err
	}
	request.ContentLength = byteCount
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err != nil {
		return 0, err
	}
	if reply.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("answered %s", reply.Status)
	}
	return strconv.ParseInt(string(text), 10, 64)
}

type zeros struct{}

func (zeros) Read(into []byte) (int, error) { return len(into), nil }
