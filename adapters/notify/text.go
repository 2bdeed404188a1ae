package notify

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"hotline/bot/chat"
	"hotline/bot/say"
)

// message is an Outgoing in words: the first line and the rest.
type message struct {
	title, body string
	ack         string // address at which it can be acknowledged; may be empty
}

// words makes the message of a send. Lines are cleaned of control characters and
// cut to at most max characters altogether.
func words(out *chat.Outgoing, max int) message {
	title, body, _ := strings.Cut(clean(out.Content.String()), "\n")
	m := message{title: strings.TrimSpace(title), body: strings.TrimSpace(body), ack: out.Facts["ack_url"]}
	if m.title == "" {
		m.title = strings.TrimSpace(out.Case + " " + clean(out.Facts["summary"]))
	}
	m.title = shorten(m.title, max)
	m.body = shorten(m.body, max-utf8.RuneCountInString(m.title)-1)
	return m
}

// text is title and body together.
func (m message) text() string {
	if m.body == "" {
		return m.title
	}
	return m.title + "\n" + m.body
}

func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || !unicode.IsControl(r) {
			return r
		}
		return -1
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// shorten cuts to at most n characters and shows that it did.
func shorten(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	if n <= 1 {
		return ""
	}
	return string([]rune(s)[:n-1]) + "…"
}

// The sentences of this package.
var (
	sayAck      = say.Words{EN: "Acknowledge", ZH: "接单"}
	sayOpen     = say.Words{EN: "Open", ZH: "打开"}
	sayReplyAck = say.Words{EN: "Reply ack to take it.", ZH: "回复 ack 接单。"}
	sayPress    = say.Words{EN: "Press 1 to acknowledge. Press 2 to escalate.", ZH: "按 1 接单,按 2 升级。"}
	sayTaken    = say.Words{EN: "Done. Goodbye.", ZH: "已处理,再见。"}
	sayNoKey    = say.Words{EN: "No key was pressed. The next person will be called.", ZH: "没有按键,将呼叫下一位。"}
	sayNotNow   = say.Words{EN: "That could not be stored just now. Please try again.", ZH: "暂时无法保存,请重试。"}
	sayWhy      = say.Words{EN: "You get this because you are on call.", ZH: "您收到此邮件,因为您正在值班。"}
)
