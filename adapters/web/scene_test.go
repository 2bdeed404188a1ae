package web_test

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"hotline/adapters/web"
	"hotline/bot/chat"
)

// scene fills a site with a believable morning, for the browser to look at. now is
// when it plays.
func scene(t *testing.T, s *site, now time.Time) {
	t.Helper()
	at := func(ago time.Duration, channel, thread, author, name, say string) chat.Post {
		p, err := s.board.AddPost(t.Context(), chat.Post{Channel: channel, Thread: thread, Author: author, Name: name, At: now.Add(-ago), Content: text(say)})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	id := func(p chat.Post) string { return refID(p.ID) }
	at(26*time.Hour, "acme", "", "tom", "Tom Baker", "Morning all. We deploy the new checkout tonight at 22:00, just so you know.")
	at(25*time.Hour, "acme", "", "ana", "Ana Ruiz", "Thanks, noted. I have entered it as a planned event.")
	root := at(50*time.Minute, "acme", "", "tom", "Tom Baker", "payments return 502 since 10:40, about every third request\n```\nupstream prematurely closed connection\nPOST https://pay.acme.example/v2/charge 502\n```")
	at(49*time.Minute, "acme", id(root), "", "", "We have it: F-10427. Ana Ruiz is on call and has been paged. You hear from us by 11:10.")
	s.send(t, chat.Outgoing{Key: "sugg", Intent: chat.IntentReply, Audience: chat.Customer(), Case: "F-10427", In: in("acme", id(root)), Content: chat.Content{Card: &chat.Card{
		Title: "This has helped before", Tone: chat.ToneQuiet, Items: []chat.Item{
			{Text: chat.Say("").Bold("KB-12 Gateway answers 502 after a deploy").Plain("\nWorkers keep the old upstream. Reload the gateway with ").Code("gatewayctl reload"), Buttons: []chat.Button{
				{Label: "Solved it", Action: chat.Action{Verb: "tried", Case: "F-10427", Arg: "KB-12/solved"}, Style: chat.StylePrimary}, {Label: "Did not help", Action: chat.Action{Verb: "tried", Case: "F-10427", Arg: "KB-12/not"}}}},
			{Text: chat.Say("").Bold("F-10391 Intermittent 502 on charge").Plain("\nConnection pool exhausted; raised to 200."), Buttons: []chat.Button{{Label: "Solved it", Action: chat.Action{Verb: "tried", Case: "F-10427", Arg: "F-10391/solved"}}}},
		}, Foot: chat.T("Found in 3 ms in articles and resolved cases")}}})
	at(40*time.Minute, "acme", id(root), "ana", "Ana Ruiz", "I am on it. Two of six gateway workers hold the old upstream, reloading now.")
	at(31*time.Minute, "acme", id(root), "tom", "Tom Baker", "Looks better already, thank you!")
	s.send(t, chat.Outgoing{Key: "card", Intent: chat.IntentCard, Audience: chat.Internal(), Case: "F-10427", In: in("desk", ""), Content: chat.Content{Card: &chat.Card{
		Number: "F-10427", Title: "Payments return 502 since 10:40", Tone: chat.ToneAlarm, Body: chat.Say("About every third request fails. ").Mention(chat.Principal{User: "ana", Name: "Ana Ruiz"}),
		Fields: []chat.Field{{Name: "State", Value: chat.T("In progress")}, {Name: "Severity", Value: chat.T("2 · major")}, {Name: "Customer", Value: chat.T("Acme · Gold, 24×7")},
			{Name: "Owner", Value: chat.T("Ana Ruiz")}, {Name: "Next answer by", Value: chat.Text{}.Moment(now.Add(20*time.Minute), "11:40")}, {Name: "Site", Value: chat.T("ACM-02 Rotterdam")}},
		Buttons: []chat.Button{{Label: "Resolve", Action: chat.Action{Verb: "resolve", Case: "F-10427", Gen: 2}, Style: chat.StylePrimary}, {Label: "Note", Action: chat.Action{Verb: "note", Case: "F-10427"}}, {Label: "Escalate", Action: chat.Action{Verb: "escalate", Case: "F-10427"}, Style: chat.StyleDanger}},
		More:    []chat.Button{{Label: "Severity…", Action: chat.Action{Verb: "severity", Case: "F-10427"}}, {Label: "Assign…", Action: chat.Action{Verb: "assign", Case: "F-10427"}}, {Label: "Snooze", Action: chat.Action{Verb: "snooze", Case: "F-10427"}}, {Label: "Why?", Action: chat.Action{Verb: "why", Case: "F-10427"}}},
		Foot:    chat.T("Reported in #acme-support by Tom Baker")}}})
	at(20*time.Minute, "desk", "", "bo", "Bo Lind", "Good find. Please note the worker ids before the reload, I want to know why health checks passed.")
	s.send(t, chat.Outgoing{Key: "page", Intent: chat.IntentPage, Audience: chat.Internal(), Urgent: true, Case: "F-10431", To: to("ana"), Content: chat.Content{Card: &chat.Card{
		Number: "F-10431", Title: "仓库扫码枪全部离线，无法出库", Tone: chat.ToneAlarm, Body: chat.T("华晨 · 苏州二号仓 · 严重级别 1\n从 10:55 开始，所有扫码枪显示“网络不可用”。"),
		Buttons: []chat.Button{{Label: "Acknowledge", Action: chat.Action{Verb: "ack", Case: "F-10431", Gen: 1}, Style: chat.StylePrimary}, {Label: "Escalate", Action: chat.Action{Verb: "escalate", Case: "F-10431", Gen: 1}}},
		Foot:    chat.T("Step 1 of 3 · next after 5 minutes: Bo Lind")}}})
	m := at(15*time.Minute, "huachen", "", "mei", "李梅", "仓库的扫码枪全部离线了，从 10:55 开始，现在无法出库，请尽快处理！")
	s.send(t, chat.Outgoing{Key: "zh", Intent: chat.IntentReceipt, Audience: chat.Customer(), Lang: "zh", In: in("huachen", id(m)), Content: text("已收到，工单号 F-10431。值班工程师 Ana Ruiz 已接到呼叫，11:15 前给您答复。")})
	s.send(t, chat.Outgoing{Key: "priv", Intent: chat.IntentPrivate, Audience: chat.Only("web::tom"), To: to("tom"), In: in("acme", ""), Content: text("F-10427 is in progress with Ana Ruiz. Next answer by 11:40.")})
	for _, emoji := range []string{"eyes", "pray"} {
		if _, err := s.as("ana").React(t.Context(), web.View{ID: root.ID}, emoji, false); err != nil {
			t.Fatal(err)
		}
	}
}

func refID(id int64) string { return strconv.FormatInt(id, 10) }

// sources are the pages' data in tests.
type sources struct{ now time.Time }

func (f sources) Queue(context.Context, web.User, string) ([]web.QueueColumn, error) {
	c := func(n, title string, sev int, customer, owner string, ago, due time.Duration) web.QueueCase {
		return web.QueueCase{Number: n, Title: title, Severity: sev, Customer: customer, Owner: owner, Opened: f.now.Add(-ago), Due: f.now.Add(due), What: "answer", Late: due < 0, Path: "/c/acme"}
	}
	return []web.QueueColumn{
		{State: "new", Cases: []web.QueueCase{c("F-10431", "仓库扫码枪全部离线，无法出库", 1, "华晨", "", 15*time.Minute, 5*time.Minute)}},
		{State: "acknowledged", Cases: []web.QueueCase{c("F-10429", "Invoices print without the logo", 4, "Acme", "Bo Lind", 3*time.Hour, 26*time.Hour), c("Q-10415", "How do we add a second site?", 3, "Acme", "Ana Ruiz", 20*time.Hour, -time.Hour)}},
		{State: "in_progress", Cases: []web.QueueCase{c("F-10427", "Payments return 502 since 10:40", 2, "Acme", "Ana Ruiz", 50*time.Minute, 20*time.Minute)}},
		{State: "waiting_customer", Total: 7, Cases: []web.QueueCase{c("F-10402", "Export stops at 10,000 rows <b>", 3, "Acme", "Bo Lind", 50*time.Hour, 90*time.Hour)}},
		{State: "resolved"},
	}, nil
}

func (f sources) OnCall(_ context.Context, from, to time.Time) ([]web.Lane, error) {
	day := 24 * time.Hour
	lane := web.Lane{Schedule: "Primary", Zone: time.FixedZone("Europe/Amsterdam", 3600)}
	for i, who := range []string{"Ana Ruiz", "Bo Lind", "", "Chen Wei", "Ana Ruiz"} {
		start := from.Add(time.Duration(i) * 35 * time.Hour).Add(-day)
		lane.Shifts = append(lane.Shifts, web.Shift{Person: who, From: start, To: start.Add(35 * time.Hour), Override: i == 3})
	}
	return []web.Lane{lane, {Schedule: "Backup", Shifts: []web.Shift{{Person: "Dana Fox", From: from.Add(-day), To: to.Add(day)}}}}, nil
}

func (sources) Fairness(context.Context, time.Time, time.Time) ([]web.FairShare, error) {
	h := time.Hour
	return []web.FairShare{{Person: "Ana Ruiz", Hours: 168 * h, Nights: 56 * h, Weekends: 24 * h, Pages: 12, Balance: 10 * h}, {Person: "Bo Lind", Hours: 120 * h, Nights: 40 * h, Holidays: 8 * h, Weekends: 40 * h, Pages: 4, Balance: -10 * h}, {Person: "陈伟", Hours: 96 * h, Nights: 96 * h, Weekends: 24 * h}}, nil
}

func (f sources) row() web.ArticleRow {
	return web.ArticleRow{ID: "KB-12", Title: "Gateway answers 502 after a deploy", Extract: "Every third request fails with 502 right after a deploy.", Lang: "en", State: "published", Kind: "case", Known: "open", Waits: true, Helped: 4, Cases: []string{"F-10391"}, Updated: f.now.Add(-99 * time.Hour)}
}

func (f sources) Articles(_ context.Context, u web.User, q web.ArticleQuery, _ string) ([]web.ArticleRow, error) {
	if q.Text == "fail" {
		return nil, errors.New("index is closed")
	}
	if q.Text == "nothing" {
		return nil, nil
	}
	if q.View == "duplicates" {
		row := f.row()
		row.Twin, row.TwinTitle = "KB-15", "502 after every deploy"
		return []web.ArticleRow{row}, nil
	}
	return []web.ArticleRow{f.row(), {ID: "KB-14", Kind: "faq", Cases: []string{"Q-10415", "Q-10423"}, Title: "扫码枪离线：检查无线控制器证书", Extract: "所有扫码枪同时显示“网络不可用”。", Lang: "zh", State: "draft", Internal: u.Staff(), Updated: f.now}}, nil
}

func (f sources) Article(_ context.Context, _ web.User, id string) (web.ArticlePage, error) {
	if id != "KB-12" {
		return web.ArticlePage{}, errors.New("not found")
	}
	return web.ArticlePage{ArticleRow: f.row(), Symptom: "Every third request fails with 502 right after a deploy.", Cause: "Workers that were not restarted keep the old upstream.", Solution: "Reload the gateway: `gatewayctl reload`.\nThen watch https://pay.acme.example/health for a minute.", Product: "Gateway", Version: "4.2", Case: "F-10391",
		Author: "Ana Ruiz", Reviewer: "Bo Lind", Failed: 1, Confidence: 71, Review: f.now.Add(4000 * time.Hour), NextTitle: "Gateway answers 502 after a deploy", NextText: "Drain the gateway first.", NextBy: "Bo Lind",
		Aliases: []string{"bad gateway since the release"}, Linked: []string{"F-10431"},
		History: []web.ArticleEdition{{N: 2, At: f.now, Who: "Bo Lind", What: "published"}, {N: 1, At: f.now.Add(-time.Hour), Who: "Ana Ruiz", What: "written", Text: "Reload the gateway."}}}, nil
}

func (f sources) Trust(context.Context) web.Trusted {
	return web.Trusted{Measured: f.now, Own: true, Phrasings: 130, Needed: 100, Steps: []web.TrustStep{
		{Count: 14, Said: .12, Right: .07}, {}, {Count: 22, Said: .47, Right: .5}, {Count: 61, Said: .94, Right: .902}}}
}

func (f sources) Health(context.Context, string) []web.HealthRow {
	return []web.HealthRow{{Name: "Store", State: chat.StateUp, Detail: "SQLite, 4 MB", Since: f.now.Add(-time.Hour)}, {Name: "Slack", State: chat.StateDegraded, Problems: []string{"The bot is not in #acme. Invite it with /invite @hotline."}}, {Name: "Mail", State: chat.StateDown, Problems: []string{"The server does not answer. It is tried again by itself."}}}
}

func (f sources) Open(token string) (string, chat.Principal, bool) {
	switch token {
	case "good":
		return "F-10427", chat.Principal{Platform: web.Platform, User: "tom", Name: "Tom Baker", Lang: "en"}, true
	case "mail":
		return "F-10427", chat.Principal{Platform: "mail", User: "eve@acme.example", Name: "Eve", Lang: "zh"}, true
	case "lost":
		return "F-1", chat.Principal{Platform: web.Platform, User: "tom"}, true
	}
	return "", chat.Principal{}, false
}

func (f sources) Ticket(_ context.Context, number string) (web.Ticket, error) {
	if number != "F-10427" {
		return web.Ticket{}, errors.New("not found")
	}
	return web.Ticket{
		Number: number, Title: "Payments return 502 since 10:40", State: "resolved", Severity: 2, Owner: "Ana Ruiz", Opened: f.now.Add(-time.Hour), Due: f.now.Add(time.Hour),
		Solution: "All gateway workers were reloaded; health checks now look at the upstream too.", CanConfirm: true, CanReply: true, CanRate: true, Gen: 3,
		Timeline: []web.TicketEntry{{At: f.now.Add(-time.Hour), Who: "Tom Baker", Customer: true, Text: chat.T("payments return 502 since 10:40"), Files: []chat.File{{ID: "none", Name: "trace.txt", Size: 2048}}},
			{At: f.now.Add(-59 * time.Minute), Text: chat.T("We have it: F-10427.")}, {At: f.now.Add(-40 * time.Minute), Who: "Ana Ruiz", Text: chat.T("Two of six workers hold the old upstream, reloading now. <b>bold?</b>")}},
	}, nil
}

func withPages(now time.Time) func(*web.Config) {
	return func(c *web.Config) {
		f := sources{now}
		c.Queue, c.OnCall, c.Fairness, c.Articles, c.Health, c.Tickets, c.Trust = f, f, f, f, f, f, f
		c.Name = "Northwind Hotline"
	}
}
