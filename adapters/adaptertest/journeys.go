package adaptertest

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"hotline/bot"
	"hotline/bot/chat"
)

// Run acts every journey out, each on a fresh driver and a fresh house.
func Run(t *testing.T, open func(t *testing.T) Driver) {
	for _, j := range journeys {
		t.Run(j.name, func(t *testing.T) {
			s := &story{T: t, d: open(t)}
			if !j.assisted {
				s.h = Open(t, s.d)
			}
			j.act(s)
		})
	}
}

var journeys = []struct {
	name string
	act  func(s *story)
	// assisted journeys open their house themselves, with a language model.
	assisted bool
}{
	{name: "ReportToArticle", act: reportToArticle},
	{name: "ChineseByForm", act: chineseByForm},
	{name: "RedeliveryChangesNothing", act: redelivery},
	{name: "EditsAreRevisions", act: edits},
	{name: "SecondAcknowledgementIsTold", act: secondAck},
	{name: "RefusalsAreClearAndPrivate", act: refusals},
	{name: "SilenceEscalates", act: escalates},
	{name: "WhatWasMissedIsReadBack", act: readBack},
	{name: "InternalTextStaysInside", act: internal},
	{name: "HostileText", act: hostile},
	{name: "DirectMessage", act: direct},
	{name: "ThreadVerbsByMention", act: mention},
	{name: "IncidentRoom", act: room},
	{name: "AnsweredByModel", act: answeredByModel, assisted: true},
	{name: "TranslatedByModel", act: translatedByModel, assisted: true},
}

// story is one journey under way.
type story struct {
	*testing.T
	d Driver
	h *House
}

var numberRE = regexp.MustCompile(`[FQCP]-\d{4,}`)

// find waits for a message that holds all the words.
func (s *story) find(what string, look func() []Message, words ...string) Message {
	s.Helper()
	return Eventually(s, what+" with "+strings.Join(words, ", "), func() (Message, bool) {
		for _, m := range slices.Backward(look()) {
			if m.FromBot && holds(m.Text, words) {
				return m, true
			}
		}
		return Message{}, false
	})
}

func holds(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// thread is the place of the thread of a message.
func thread(ref chat.MessageRef) chat.Place {
	p := ref.Place
	if p.Thread == "" && !p.Direct {
		p.Thread = ref.ID
	}
	return p
}

// report posts and returns the number from the receipt in the thread.
func (s *story) report(person, channel, text string) (number string, conversation chat.Place) {
	s.Helper()
	ref := s.d.As(person).Post(s.d.Channel(channel), text)
	conversation = thread(ref)
	m := Eventually(s, "the receipt", func() (Message, bool) {
		for _, m := range s.d.As(person).See(conversation) {
			if m.FromBot && numberRE.MatchString(m.Text) {
				return m, true
			}
		}
		return Message{}, false
	})
	return numberRE.FindString(m.Text), conversation
}

func (s *story) inbox(person string) func() []Message {
	return func() []Message { return s.d.As(person).Inbox() }
}

func (s *story) see(person string, at chat.Place) func() []Message {
	return func() []Message { return s.d.As(person).See(at) }
}

// state waits until the case is in a state.
func (s *story) state(number string, want bot.State) bot.Case {
	s.Helper()
	return Eventually(s, number+" to be "+string(want), func() (bot.Case, bool) {
		c := s.load(number)
		return c, c.State == want
	})
}

func (s *story) load(number string) bot.Case {
	var c bot.Case
	err := s.h.Store.View(s.Context(), func(r bot.Reader) (err error) {
		c, err = r.CaseByNumber(number)
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
	return c
}

func (s *story) cases() []bot.Case {
	var list []bot.Case
	err := s.h.Store.View(s.Context(), func(r bot.Reader) (err error) {
		list, err = r.Cases(bot.CaseQuery{Limit: 1000})
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
	return list
}

// fill waits for a form and sends it.
func (s *story) fill(person string, values map[string]string) {
	s.Helper()
	Eventually(s, "a form for "+person, func() (Form, bool) { return s.d.As(person).Form() })
	s.d.As(person).Submit(values)
}

// reportToArticle is the journey of all four people.
func reportToArticle(s *story) {
	number, talk := s.report("anna", "northwind", "Payments return 502 for some cards since 10:40")
	page := s.find("the page", s.inbox("chen"), number, "Payments return 502")
	s.d.As("chen").Click(page, "Acknowledge")
	if c := s.state(number, bot.Acknowledged); c.Owner != "chen" {
		s.Fatalf("owner is %q", c.Owner)
	}
	s.find("the live card", s.see("anna", talk), number, "Chen is on it")

	s.d.As("chen").Command(s.d.Channel("desk"), "note", number+" the gateway pool is exhausted, secret-note-1")
	s.find("the note inside", func() []Message { return s.desk(number) }, "secret-note-1")

	s.d.As("chen").Command(s.d.Channel("desk"), "resolve", number+" raised the gateway pool to 200 connections")
	ask := s.find("the question whether it works", s.see("anna", talk), number, "raised the gateway pool", "Does it work again")
	s.d.As("anna").Click(ask, "Yes, it works")
	s.state(number, bot.Closed)
	rate := s.find("the rating", s.see("anna", talk), "How did we do")
	s.d.As("anna").Click(rate, "★★★★★")
	Eventually(s, "the rating to be stored", func() (bot.Case, bool) {
		c := s.load(number)
		return c, c.Score == 5
	})
	for _, m := range s.d.As("anna").See(talk) {
		if strings.Contains(m.Text, "secret-note-1") {
			s.Fatalf("the customer saw the note: %q", m.Text)
		}
	}
	s.publishDraft(number)

	second, talk2 := s.report("anna", "northwind", "Payments return 502 for some cards again")
	sugg := s.find("the suggestion", s.see("anna", talk2), "gateway pool")
	s.d.As("anna").Click(sugg, "Solved it")
	s.state(second, bot.Closed)
}

// desk is what the people of the hotline see of a case inside: the thread of its
// card.
func (s *story) desk(number string) []Message {
	desk := s.d.Channel("desk")
	var all []Message
	for _, m := range s.d.As("chen").See(desk) {
		all = append(all, m)
		if m.FromBot && strings.Contains(m.Text, number) {
			all = append(all, s.d.As("chen").See(thread(m.Ref))...)
		}
	}
	return all
}

// publishDraft waits for the draft article and lets a second person publish it.
func (s *story) publishDraft(number string) {
	s.Helper()
	draft := Eventually(s, "a draft article", func() (bot.Article, bool) {
		var found bot.Article
		err := s.h.Store.View(s.Context(), func(r bot.Reader) error {
			list, err := r.Articles(bot.ArticleDraft)
			for _, a := range list {
				if a.Case == number {
					found = a
				}
			}
			return err
		})
		return found, err == nil && found.ID != ""
	})
	s.d.As("tom").Command(s.d.Channel("desk"), "kb", "publish "+draft.ID)
	Eventually(s, "the article to be published", func() (bool, bool) {
		var a bot.Article
		err := s.h.Store.View(s.Context(), func(r bot.Reader) (err error) {
			a, err = r.Article(draft.ID)
			return err
		})
		return true, err == nil && a.State == bot.ArticlePublished
	})
}

// chineseByForm reports in Chinese with an empty command and the form it opens.
func chineseByForm(s *story) {
	s.d.As("li").Command(s.d.Channel("huaxin"), "report", "")
	s.fill("li", map[string]string{"text": "今天上午十点起无法登录系统,提示超时", "contact": "13800000000"})
	page := s.find("the page", s.inbox("chen"), "无法登录系统")
	number := numberRE.FindString(page.Text)
	s.d.As("chen").Click(page, "Acknowledge")
	c := s.state(number, bot.Acknowledged)
	if c.Lang != "zh" || c.Customer != "huaxin" {
		s.Fatalf("lang %q, customer %q", c.Lang, c.Customer)
	}
	s.find("the receipt in Chinese", s.see("li", s.d.Channel("huaxin")), number, "正在处理")
}

func redelivery(s *story) {
	number, talk := s.report("anna", "northwind", "The printer queue is stuck")
	if !s.d.Redeliver() {
		s.Skip("this platform does not redeliver")
	}
	s.d.As("anna").Post(talk, "it is the one on floor two, marker-after")
	Eventually(s, "the second message to join", func() (bool, bool) {
		return true, strings.Contains(s.timeline(number), "marker-after")
	})
	if n := len(s.cases()); n != 1 {
		s.Fatalf("%d cases after a redelivery", n)
	}
	receipts := 0
	for _, m := range s.d.As("anna").See(talk) {
		if m.FromBot && strings.Contains(m.Text, number) {
			receipts++
		}
	}
	if receipts != 1 {
		s.Fatalf("%d receipts in the thread", receipts)
	}
}

// timeline is everything that was said and done on a case.
func (s *story) timeline(number string) string {
	var b strings.Builder
	c := s.load(number)
	err := s.h.Store.View(s.Context(), func(r bot.Reader) error {
		events, err := r.Events(c.ID, 0)
		for _, e := range events {
			b.WriteString(string(e.Type) + ": " + e.Text + "\n")
		}
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
	return b.String()
}

func edits(s *story) {
	ref := s.d.As("anna").Post(s.d.Channel("northwind"), "The export is brokne")
	number := numberRE.FindString(s.find("the receipt", s.see("anna", thread(ref)), "-").Text)
	s.d.As("anna").Edit(ref, "The export is broken since version 4.2")
	Eventually(s, "the revision", func() (bool, bool) {
		return true, strings.Contains(s.timeline(number), "revised: The export is broken since version 4.2")
	})
	more := s.d.As("anna").Post(thread(ref), "and another thing, wrong place")
	Eventually(s, "the reply", func() (bool, bool) { return true, strings.Contains(s.timeline(number), "another thing") })
	s.d.As("anna").Delete(more)
	Eventually(s, "the withdrawal", func() (bool, bool) { return true, strings.Contains(s.timeline(number), "withdrawn") })
	if n := len(s.cases()); n != 1 {
		s.Fatalf("%d cases after an edit", n)
	}
}

func secondAck(s *story) {
	number, _ := s.report("anna", "northwind", "VPN drops every five minutes")
	page := s.find("the page", s.inbox("chen"), number)
	desk := s.d.Channel("desk")
	s.d.As("chen").Click(page, "Acknowledge")
	s.state(number, bot.Acknowledged)
	s.d.As("maria").Command(desk, "ack", number)
	m := s.find("the answer to the second", s.see("maria", desk), number, "taken by Chen")
	if !m.Private {
		s.Fatal("the answer was not private")
	}
	for _, m := range s.d.As("tom").See(desk) {
		if strings.Contains(m.Text, "taken by Chen") {
			s.Fatal("somebody else saw the private answer")
		}
	}
	s.find("the page to say who has it", s.inbox("chen"), number, "acknowledged")
}

func refusals(s *story) {
	number, _ := s.report("anna", "northwind", "Search returns nothing")
	own := s.d.Channel("northwind")
	s.d.As("anna").Command(own, "resolve", number+" trying")
	if m := s.find("a refusal", s.see("anna", own), "is for"); !m.Private {
		s.Fatal("the refusal was not private")
	}
	s.d.As("li").Command(s.d.Channel("huaxin"), "status", number)
	m := s.find("not found for a stranger", s.see("li", s.d.Channel("huaxin")), number)
	if strings.Contains(m.Text, "Search returns nothing") {
		s.Fatalf("another customer's case shows: %q", m.Text)
	}
	wrong := number[:len(number)-1] + string('0'+(number[len(number)-1]-'0'+1)%10)
	s.d.As("anna").Command(own, "status", wrong)
	s.find("the near match", s.see("anna", own), wrong, number)
}

func escalates(s *story) {
	number, _ := s.report("anna", "northwind", "Nightly backup did not run")
	s.find("the first page", s.inbox("chen"), number)
	page := s.find("the second step", s.inbox("maria"), number)
	s.d.As("maria").Click(page, "Acknowledge")
	if c := s.state(number, bot.Acknowledged); c.Owner != "maria" {
		s.Fatalf("owner is %q", c.Owner)
	}
}

func readBack(s *story) {
	number, talk := s.report("anna", "northwind", "Login page is slow")
	if !s.d.Drop() {
		s.Skip("this platform has no connection that can drop")
	}
	s.d.As("anna").Post(talk, "now it does not load at all, said-while-away")
	s.d.Return()
	Eventually(s, "the message that was missed", func() (bool, bool) {
		return true, strings.Contains(s.timeline(number), "said-while-away")
	})
	if got := strings.Count(s.timeline(number), "said-while-away"); got != 1 {
		s.Fatalf("it is there %d times", got)
	}
}

// internal tries every way by which internal words could reach a customer.
func internal(s *story) {
	number, talk := s.report("anna", "northwind", "Invoices show the wrong VAT")
	page := s.find("the page", s.inbox("chen"), number)
	s.d.As("chen").Click(page, "Acknowledge")
	s.state(number, bot.Acknowledged)
	s.d.As("chen").Command(talk2command(s.d, talk), "note", number+" inner-1")
	card := s.find("the internal card", s.see("chen", s.d.Channel("desk")), number)
	s.d.As("chen").Post(thread(card.Ref), "inner-2 said in the internal thread")
	s.d.As("chen").Mention(thread(card.Ref), "note inner-3")
	for _, w := range []string{"inner-1", "inner-2", "inner-3"} {
		Eventually(s, w, func() (bool, bool) { return true, strings.Contains(s.timeline(number), w) })
	}
	s.d.As("chen").Mention(thread(card.Ref), "reply We see it, outer-1")
	s.find("the answer", s.see("anna", talk), "outer-1")
	for _, place := range []chat.Place{talk, s.d.Channel("northwind")} {
		for _, m := range s.d.As("anna").See(place) {
			if strings.Contains(m.Text, "inner-") {
				s.Fatalf("the customer saw %q", m.Text)
			}
		}
	}
	for _, m := range s.d.As("anna").Inbox() {
		if strings.Contains(m.Text, "inner-") {
			s.Fatalf("the customer saw %q in a direct message", m.Text)
		}
	}
}

// talk2command is where a slash command is typed for a conversation: the channel,
// because not every platform takes commands in threads.
func talk2command(_ Driver, talk chat.Place) chat.Place {
	talk.Thread = ""
	return talk
}

func hostile(s *story) {
	text := "<!channel> @everyone <@U123> `code` *bold* </div><script>alert(1)</script> \u202Egnp.exe " + strings.Repeat("很长的内容 ", 1500)
	number, _ := s.report("anna", "northwind", text)
	s.find("the page", s.inbox("chen"), number)
	card := s.find("the card", s.see("chen", s.d.Channel("desk")), number)
	if strings.Contains(card.Text, "\u202E") {
		s.Fatal("a character that turns the writing came through")
	}
}

func direct(s *story) {
	s.d.As("anna").Direct("My account is locked, please help")
	m := s.find("the receipt", s.inbox("anna"), "-")
	number := numberRE.FindString(m.Text)
	s.find("the page", s.inbox("chen"), number, "account is locked")
	s.d.As("anna").Direct("it says too many attempts, direct-second")
	Eventually(s, "the second message to join", func() (bool, bool) {
		return true, strings.Contains(s.timeline(number), "direct-second")
	})
	if n := len(s.cases()); n != 1 {
		s.Fatalf("%d cases", n)
	}
}

func mention(s *story) {
	number, talk := s.report("anna", "northwind", "Reports are empty since the update")
	s.find("the page", s.inbox("chen"), number)
	s.d.As("chen").Mention(talk, "ack")
	s.state(number, bot.Acknowledged)
	s.d.As("chen").Mention(talk, "resolve rebuilt the report index")
	s.state(number, bot.Resolved)
	s.d.As("anna").Mention(talk, "confirm")
	s.state(number, bot.Closed)
}

func room(s *story) {
	if !s.d.Adapter().Capabilities().Rooms {
		s.Skip("this platform has no rooms")
	}
	number, _ := s.report("anna", "northwind", "Everything is down, no user can work at all")
	page := s.find("the page", s.inbox("chen"), number)
	desk := s.d.Channel("desk")
	s.d.As("chen").Command(desk, "severity", number+" 1 whole company stopped")
	Eventually(s, "severity 1", func() (bool, bool) { return true, s.load(number).Severity == 1 })
	s.d.As("chen").Click(page, "Acknowledge")
	Eventually(s, "the room", func() (bool, bool) { return true, !s.load(number).Room.IsZero() })
}

// Across tells one case on three platforms: reported on the first, taken on the
// second, resolved on the third, and one state to be seen everywhere.
func Across(t *testing.T, first, second, third Driver) {
	s := &story{T: t, d: first, h: Open(t, first, second, third)}
	number, talk := s.report("anna", "northwind", "Payments return 502 for some cards since 10:40")
	s.find("the internal card", s.anywhere("chen", first, second, third), number)
	second.As("chen").Command(second.Channel("desk"), "ack", number)
	if c := s.state(number, bot.Acknowledged); c.Owner != "chen" {
		t.Fatalf("owner is %q", c.Owner)
	}
	s.find("the customer's card", s.see("anna", talk), number, "Chen is on it")
	third.As("maria").Command(third.Channel("desk"), "ack", number)
	m := s.find("who has it", func() []Message { return third.As("maria").See(third.Channel("desk")) }, number, "taken by Chen")
	if !m.Private {
		t.Error("the answer was not private")
	}
	third.As("chen").Command(third.Channel("desk"), "resolve", number+" raised the gateway pool")
	s.state(number, bot.Resolved)
	ask := s.find("the question whether it works", s.see("anna", talk), number, "raised the gateway pool", "Does it work again")
	first.As("anna").Click(ask, "Yes, it works")
	s.state(number, bot.Closed)
	s.find("the internal card to say so", s.anywhere("chen", first, second, third), number, "closed")
	s.find("the customer's card to say so", s.see("anna", talk), number, "closed")
	if n := len(s.cases()); n != 1 {
		t.Errorf("%d cases", n)
	}
}

// anywhere is what a person sees at the desk of any of the platforms.
func (s *story) anywhere(person string, drivers ...Driver) func() []Message {
	return func() (all []Message) {
		for _, d := range drivers {
			all = append(all, d.As(person).See(d.Channel("desk"))...)
		}
		return all
	}
}
