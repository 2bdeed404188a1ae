package adaptertest

import (
	"fmt"
	"strings"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/knowledge/model"
	"hotline/knowledge/model/modeltest"
)

// interpreter answers like a language model that knows this town: by the task, and
// for translations by what the message is about.
func interpreter(prompt string) modeltest.Reply {
	say := func(shape string, args ...any) modeltest.Reply {
		return modeltest.Reply{Text: fmt.Sprintf(shape, args...)}
	}
	switch {
	case strings.Contains(prompt, "Name the words"):
		return say(`{"keywords":["gateway","timeout"]}`)
	case strings.Contains(prompt, "Order the sources"):
		return say(`{"order":[1]}`)
	case strings.Contains(prompt, "Answer the question") && strings.Contains(prompt, "in simplified Chinese"):
		return say(`{"answer":"请增大网关连接池,然后重启支付网关。","sources":[1]}`)
	case strings.Contains(prompt, "Answer the question"):
		return say(`{"answer":"Raise the gateway pool and restart the payment gateway.","sources":[1]}`)
	case strings.Contains(prompt, "Draft the next reply"):
		return say(`{"answer":"Please raise the gateway pool, then restart the payment gateway.","sources":[1]}`)
	case strings.Contains(prompt, "Sum up this case"):
		return say(`{"text":"The payment gateway returns a timeout; the engineer looks at the logs."}`)
	case strings.Contains(prompt, "to English") && strings.Contains(prompt, "重启服务器"):
		return say(`{"text":"After restarting the server the timeout is back."}`)
	case strings.Contains(prompt, "to English"):
		return say(`{"text":"The payment gateway times out and transactions fail."}`)
	case strings.Contains(prompt, "to simplified Chinese"):
		return say(`{"text":"我们正在检查网关日志。"}`)
	default:
		return modeltest.Reply{Status: 400}
	}
}

// assisted opens a house with a language model and the articles it answers from.
func assisted(s *story) *modeltest.Server {
	server := modeltest.New(s, interpreter)
	client, err := model.New(model.Options{BaseURL: server.URL, Chat: "test", Budget: 20 * time.Second})
	if err != nil {
		s.Fatal(err)
	}
	s.h = OpenWith(s.T, client, s.d)
	s.publish(bot.Article{ID: "KB-1", Lang: "en", Title: "Payment gateway timeout 502", Symptom: "payments return 502, gateway timeout",
		Solution: "Raise the gateway pool and restart the payment gateway."},
		bot.Article{ID: "KB-2", Lang: "en", Title: "Printer prints blank pages", Symptom: "blank pages", Solution: "Replace the toner."})
	return server
}

// publish stores articles and lets the library know.
func (s *story) publish(list ...bot.Article) {
	s.Helper()
	for _, a := range list {
		a.State = bot.ArticlePublished
		err := s.h.Store.Do(s.Context(), func(tx bot.Tx) error {
			a.Created, a.Updated = tx.Now(), tx.Now()
			return tx.PutArticle(a)
		})
		if err != nil {
			s.Fatal(err)
		}
		s.h.Shelf.ArticleChanged(a)
	}
}

// privately is what a person is shown alone: where they are, or directly.
func (s *story) privately(person string, at chat.Place) func() []Message {
	return func() []Message { return append(s.d.As(person).See(at), s.d.As(person).Inbox()...) }
}

// answeredByModel: suggestions come first, the same message then carries an answer;
// a draft is sent by a tap; a summary and the reasons are told to whoever asks.
func answeredByModel(s *story) {
	assisted(s)
	number, talk := s.report("anna", "northwind", "payments return 502, gateway timeout since 10:40")
	shown := s.find("the suggestion with its answer", s.see("anna", talk), "This helped others", "Raise the gateway pool and restart", "From KB-1")
	n := 0
	for _, m := range s.d.As("anna").See(talk) {
		if strings.Contains(m.Text, "This helped others") {
			n++
		}
	}
	if n != 1 {
		s.Fatalf("%d messages with suggestions, want one that was changed: %q", n, shown.Text)
	}
	page := s.find("the page", s.inbox("chen"), number)
	s.d.As("chen").Click(page, "Acknowledge")
	s.state(number, bot.Acknowledged)
	desk := s.d.Channel("desk")
	s.d.As("chen").Command(desk, "summary", number)
	s.find("the summary", s.privately("chen", desk), number, "summed up by machine", "gateway returns a timeout")
	s.d.As("chen").Command(desk, "kb", "gateway timeout")
	s.find("what was found", s.privately("chen", desk), "Found", "KB-1")
	s.find("the answer to the search", s.privately("chen", desk), "In short", "Raise the gateway pool")
	s.d.As("chen").Command(desk, "draft", number)
	draft := s.find("the draft", s.privately("chen", desk), "not sent", "Please raise the gateway pool")
	for _, m := range s.d.As("anna").See(talk) {
		if strings.Contains(m.Text, "Please raise") || strings.Contains(m.Text, "summed up") {
			s.Fatalf("the customer saw %q before anybody sent it", m.Text)
		}
	}
	s.d.As("chen").Click(draft, "Send")
	s.find("the reply in the engineer's name", s.see("anna", talk), "Chen", "Please raise the gateway pool")
	s.d.As("tom").Command(desk, "why", number)
	s.find("the reasons", s.privately("tom", desk), "language model", "answer", "used", "KB-1")
}

// translatedByModel: what a customer writes in another language is translated inside,
// below the original; what an engineer writes in another is offered in the customer's.
func translatedByModel(s *story) {
	assisted(s)
	number, talk := s.report("li", "huaxin", "从今天上午十点开始支付网关超时,交易失败,请尽快处理")
	s.find("the card with its translation", func() []Message { return s.desk(number) }, number, "支付网关超时", "Machine translation", "The payment gateway times out")
	s.find("the answer in the customer's language, from an English article", s.see("li", talk), "请增大网关连接池", "依据 KB-1")
	page := s.find("the page with it", s.inbox("chen"), number, "The payment gateway times out")
	s.d.As("chen").Click(page, "Acknowledge")
	s.state(number, bot.Acknowledged)
	s.d.As("li").Post(talk, "重启服务器以后还是超时")
	s.find("the copy with its translation", func() []Message { return s.desk(number) }, "重启服务器以后", "Machine translation", "After restarting the server")
	s.find("the owner's copy with it", s.inbox("chen"), "重启服务器以后", "Machine translation", "After restarting the server")
	s.d.As("chen").Post(talk, "We are looking at the gateway logs now")
	offer := s.find("the offer to send it in Chinese", s.privately("chen", talk), "not sent", "我们正在检查网关日志")
	for _, m := range s.d.As("li").See(talk) {
		if strings.Contains(m.Text, "我们正在检查") || strings.Contains(m.Text, "The payment gateway times out") {
			s.Fatalf("the customer saw %q before anybody sent it", m.Text)
		}
	}
	s.d.As("chen").Click(offer, "Send in Chinese")
	s.find("the reply in Chinese", s.see("li", talk), "我们正在检查网关日志")
}
