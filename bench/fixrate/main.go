// An open-loop client: every request has its due time. One that is late because the reply before it was late counts
// from its due time, so a server that stalls cannot hide the requests it kept waiting. The first eighth of the run is dropped.
// Prints one line of JSON.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sort"
	"sync"
	"time"
)

func main() {
	address := flag.String("address", "127.0.0.1:7071", "host:port")
	path := flag.String("path", "/api/hello", "request target")
	connections := flag.Int("c", 8, "connections")
	perSecond := flag.Int("r", 2000, "requests per second, all connections together")
	duration := flag.Duration("d", 4*time.Second, "length of the run")
	flag.Parse()

	interval := time.Second * time.Duration(*connections) / time.Duration(*perSecond)
	start := time.Now().Add(50 * time.Millisecond)
	latencies := make([][]time.Duration, *connections)
	failures := make([]error, *connections)
	var clients sync.WaitGroup
	for i := range latencies {
		clients.Add(1)
		go func(i int) {
			defer clients.Done()
			// Due times are spread evenly, so that the connections do not fire together.
			first := start.Add(interval * time.Duration(i) / time.Duration(*connections))
			latencies[i], failures[i] = run(*address, *path, first, interval, start.Add(*duration/8), start.Add(*duration))
		}(i)
	}
	clients.Wait()

	var all []time.Duration
	for i := range latencies {
		if failures[i] != nil {
			fmt.Fprintln(os.Stderr, failures[i])
			os.Exit(1)
		}
		all = append(all, latencies[i]...)
	}
	sort.Slice(all, func(a, b int) bool { return all[a] < all[b] })
	at := func(share float64) float64 {
		return float64(all[int(share*float64(len(all)-1))]) / float64(time.Microsecond)
	}
	json.NewEncoder(os.Stdout).Encode(map[string]float64{
		"requests": float64(len(all)), "p50Us": at(0.5), "p90Us": at(0.9), "p99Us": at(0.99), "maxUs": at(1),
	})
}

func run(address, path string, due time.Time, interval time.Duration, counted, end time.Time) ([]time.Duration, error) {
	connection, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	reader := bufio.NewReader(connection)
	request := []byte("GET " + path + " HTTP/1.1\r\nHost: " + address + "\r\n\r\n")
	var latencies []time.Duration
	for ; due.Before(end); due = due.Add(interval) {
		from := due
		if early := time.Until(due); early > 0 {
			time.Sleep(early)
			from = time.Now() // The timer's own lateness, up to a millisecond, is not the server's.
		}
		if _, err := connection.Write(request); err != nil {
			return nil, err
		}
		reply, err := http.ReadResponse(reader, nil)
		if err != nil {
			return nil, err
		}
		if _, err := io.Copy(io.Discard, reply.Body); err != nil {
			return nil, err
		}
		if reply.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("%s answered %s", path, reply.Status)
		}
		if due.After(counted) {
			latencies = append(latencies, time.Since(from))
		}
	}
	return latencies, nil
}
