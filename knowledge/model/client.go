package model

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"hotline/bot"
	"hotline/knowledge"
)

// Options configure a [Client].
type Options struct {
	BaseURL     string        // such as https://models.example.com/v1
	Key         string        // sent as bearer token; never logged
	Chat        string        // model for texts; empty switches them off
	Embed       string        // model for embeddings; empty switches them off
	Dimensions  int           // of the embeddings; 0 leaves it to the model
	Budget      time.Duration // for one call; 0 means 6 s, at most 60 s
	MaxTokens   int           // of one answer; 0 means 700
	DailyTokens int           // cost cap, tokens a UTC day; 0 means 500,000
	Stream      bool          // read answers as a stream
	HTTP        *http.Client  // nil means one of its own
	Now         func() time.Time
}

// Errors of a call. All of them mean: go on without the model.
var (
	ErrOff     = errors.New("model: not configured")
	ErrResting = errors.New("model: resting after failures")
	ErrSpent   = errors.New("model: today's tokens are spent")
	ErrFailed  = errors.New("model: the call failed")
	ErrAnswer  = errors.New("model: the answer was not usable")
)

// Client calls the model. It may be used by many goroutines at once.
type Client struct {
	o       Options
	api     *openai.Client
	breaker breaker

	mu    sync.Mutex
	day   int64 // days since 1970
	spent int
}

const maxAnswer = 64 << 10 // bytes of one answer

// New makes a client. It makes no call.
func New(o Options) (*Client, error) {
	if o.BaseURL == "" || o.Chat == "" && o.Embed == "" {
		return nil, ErrOff
	}
	if !strings.HasPrefix(o.BaseURL, "http://") && !strings.HasPrefix(o.BaseURL, "https://") {
		return nil, fmt.Errorf("%w: the address must begin with http:// or https://", ErrOff)
	}
	o.Budget = min(cmp.Or(o.Budget, 6*time.Second), time.Minute)
	o.MaxTokens = cmp.Or(o.MaxTokens, 700)
	o.DailyTokens = cmp.Or(o.DailyTokens, 500_000)
	if o.Now == nil {
		o.Now = time.Now
	}
	c := &Client{o: o}
	config := openai.DefaultConfig(o.Key)
	config.BaseURL = strings.TrimRight(o.BaseURL, "/")
	config.HTTPClient = &noting{client: cmp.Or(o.HTTP, &http.Client{}), breaker: &c.breaker, now: o.Now}
	c.api = openai.NewClientWithConfig(config)
	return c, nil
}

// noting passes requests on, bounds what is read, and notes how long a refused
// caller shall wait.
type noting struct {
	client  *http.Client
	breaker *breaker
	now     func() time.Time
}

func (n *noting) Do(req *http.Request) (*http.Response, error) {
	res, err := n.client.Do(req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode == http.StatusTooManyRequests {
		if s, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil {
			n.breaker.rest(n.now(), time.Duration(s)*time.Second)
		}
	}
	res.Body = &bounded{Reader: io.LimitReader(res.Body, 8<<20), Closer: res.Body}
	return res, nil
}

type bounded struct {
	io.Reader
	io.Closer
}

// allow asks the breaker and the cost cap.
func (c *Client) allow(tokens int) error {
	now := c.o.Now()
	if !c.breaker.allow(now) {
		return ErrResting
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if day := now.UTC().Unix() / 86400; day != c.day {
		c.day, c.spent = day, 0
	}
	if c.spent+tokens > c.o.DailyTokens {
		c.breaker.release()
		return ErrSpent
	}
	c.spent += tokens
	return nil
}

// settle corrects the reserved tokens by the real number.
func (c *Client) settle(reserved, real int) {
	if real <= 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spent += real - reserved
}

// Spent returns today's tokens.
func (c *Client) Spent() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.spent
}

// estimate guesses the tokens of a text: a Chinese character is about one, a
// word of Latin letters about one for four letters.
func estimate(text string) int { return len(text)/3 + 1 }

// ask sends one prompt and reads the answer into out, a pointer to a struct of the
// shape asked for. The trace is never nil; its result holds as long as the caller
// does not refuse what the answer says.
func (c *Client) ask(ctx context.Context, task string, p *prompt, instruction string, list []knowledge.Source, out any) (*bot.Trace, error) {
	system, user := p.rules(instruction), p.String()
	trace := &bot.Trace{At: c.o.Now(), Task: task, Model: c.o.Chat, Prompt: system + "\n\n" + user, Sources: sourceIDs(list), Result: bot.TraceUsed}
	text, err := c.chat(ctx, system, user, trace)
	trace.Millis = c.o.Now().Sub(trace.At).Milliseconds()
	if err != nil {
		trace.Result, trace.Why = resultOf(err), err.Error()
		return trace, err
	}
	trace.Answer = strings.ToValidUTF8(text[:min(len(text), 4<<10)], "")
	if err := decode(text, out); err != nil {
		c.breaker.failed(c.o.Now())
		return trace, refused(trace, err)
	}
	c.breaker.worked()
	return trace, nil
}

// refused notes why an answer is not used; nil when it is.
func refused(trace *bot.Trace, err error) error {
	if err != nil {
		trace.Result, trace.Why = bot.TraceRefused, err.Error()
	}
	return err
}

func resultOf(err error) string {
	switch {
	case errors.Is(err, ErrResting):
		return bot.TraceResting
	case errors.Is(err, ErrSpent):
		return bot.TraceSpent
	default:
		return bot.TraceFailed
	}
}

// chat sends one prompt and returns the text of the answer.
func (c *Client) chat(ctx context.Context, system, user string, trace *bot.Trace) (string, error) {
	if c.o.Chat == "" {
		return "", ErrOff
	}
	reserved := estimate(system+user) + c.o.MaxTokens
	if err := c.allow(reserved); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, c.o.Budget)
	defer cancel()
	req := openai.ChatCompletionRequest{
		Model: c.o.Chat,
		//lint:ignore SA1019 compatible servers know max_tokens, few know its successor
		MaxTokens:      c.o.MaxTokens,
		Messages:       []openai.ChatCompletionMessage{{Role: openai.ChatMessageRoleSystem, Content: system}, {Role: openai.ChatMessageRoleUser, Content: user}},
		ResponseFormat: &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONObject},
	}
	trace.Tokens = reserved
	call := c.whole
	if c.o.Stream {
		call = c.stream
	}
	text, used, err := call(ctx, req)
	if err != nil {
		c.breaker.failed(c.o.Now())
		return "", fmt.Errorf("%w: %s", ErrFailed, reason(err))
	}
	c.settle(reserved, used)
	if used > 0 {
		trace.Tokens = used
	}
	return text, nil
}

func (c *Client) whole(ctx context.Context, req openai.ChatCompletionRequest) (string, int, error) {
	res, err := c.api.CreateChatCompletion(ctx, req)
	if err != nil {
		return "", 0, err
	}
	if len(res.Choices) == 0 {
		return "", 0, errors.New("no choice in the answer")
	}
	text := res.Choices[0].Message.Content
	return text[:min(len(text), maxAnswer)], res.Usage.TotalTokens, nil
}

func (c *Client) stream(ctx context.Context, req openai.ChatCompletionRequest) (string, int, error) {
	s, err := c.api.CreateChatCompletionStream(ctx, req)
	if err != nil {
		return "", 0, err
	}
	defer s.Close()
	var b strings.Builder
	used := 0
	for b.Len() < maxAnswer {
		part, err := s.Recv()
		if errors.Is(err, io.EOF) {
			return b.String(), used, nil
		}
		if err != nil {
			return "", 0, err
		}
		if part.Usage != nil {
			used = part.Usage.TotalTokens
		}
		if len(part.Choices) > 0 {
			b.WriteString(part.Choices[0].Delta.Content)
		}
	}
	return "", 0, errors.New("the answer is too long")
}

// reason says why a call failed without anything the server wrote: an error text
// may repeat the key or the prompt.
func reason(err error) string {
	if api, ok := errors.AsType[*openai.APIError](err); ok {
		return "status " + strconv.Itoa(api.HTTPStatusCode)
	}
	if req, ok := errors.AsType[*openai.RequestError](err); ok {
		return "status " + strconv.Itoa(req.HTTPStatusCode)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "no answer within the time budget"
	}
	if errors.Is(err, context.Canceled) {
		return "cancelled"
	}
	return "no usable answer"
}
