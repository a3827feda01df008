// A SignalR hub that logs every call as it reached it: go run . ; it says which port it listens on.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/philippseith/signalr"
)

var printing sync.Mutex

func got(what ...any) {
	line, err := json.Marshal(what)
	if err != nil {
		line = fmt.Appendf(nil, "%q", fmt.Sprint(what...))
	}
	printing.Lock()
	defer printing.Unlock()
	fmt.Printf("got %s\n", line)
}

// Chat is the hub.
type Chat struct{ signalr.Hub }

// SendMessage answers with the message, and tells the caller that it was heard.
func (chat *Chat) SendMessage(user string, message any) any {
	got("SendMessage", user, message)
	chat.Clients().Caller().Send("heard", user, message)
	return message
}

// Count streams numbers, each with the word.
func (chat *Chat) Count(to int, word any) <-chan any {
	got("Count", to, word)
	numbers := make(chan any)
	go func() {
		defer close(numbers)
		for number := range to {
			numbers <- []any{number, word}
		}
	}()
	return numbers
}

// Upload takes a stream of words.
func (chat *Chat) Upload(words <-chan string) {
	for word := range words {
		got("Upload", word)
		chat.Clients().Caller().Send("heard", "upload", word)
	}
}

func main() {
	hub, err := signalr.NewServer(context.Background(),
		signalr.SimpleHubFactory(&Chat{}),
		signalr.Logger(silent{}, false),
		signalr.InsecureSkipVerify(true),
		signalr.HTTPTransports(signalr.TransportWebSockets, signalr.TransportServerSentEvents),
		signalr.KeepAliveInterval(2*time.Second))
	if err != nil {
		panic(err)
	}
	router := http.NewServeMux()
	hub.MapHTTP(signalr.WithHTTPServeMux(router), "/chat")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Printf("listening on %d\n", listener.Addr().(*net.TCPAddr).Port)
	if err := http.Serve(listener, router); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

type silent struct{}

func (silent) Log(...any) error { return nil }
