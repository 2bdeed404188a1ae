package bot_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
)

// TestLateFailureHastensTheNextMethod hears from the provider that a message never
// arrived: the next method goes at once instead of after its ten minutes.
func TestLateFailureHastensTheNextMethod(t *testing.T) {
	org := organisation()
	i := slices.IndexFunc(org.People, func(p bot.Person) bool { return p.ID == "chen" })
	org.People[i].Methods = []bot.Method{{ID: "sms", Platform: "sms", Address: "+4930123456", Verified: true}, {ID: "mail", Platform: "mail", Address: "chen@example.org", Verified: true}}
	org.People[i].Notify = []bot.NotifyRule{{Method: "sms"}, {Method: "mail", After: 10 * time.Minute}}
	sms, mail := &platform{name: "sms"}, &platform{name: "mail"}
	every := func(chat.Outgoing) bool { return true }
	for _, tc := range []struct {
		status string
		mails  int
	}{{"delivered", 0}, {"failed", 1}} {
		t.Run(tc.status, func(t *testing.T) {
			sms.sent, mail.sent = nil, nil
			inBubble(t, org, func(t *testing.T, r *running) {
				r.say("Payments return 502")
				synctest.Wait()
				got := sms.got(every)
				if len(got) != 1 || len(mail.got(every)) != 0 {
					t.Fatalf("%d by SMS, %d by mail", len(got), len(mail.got(every)))
				}
				news := bot.Delivery{Person: "chen", Platform: "sms", Page: got[0].Facts["page_id"], Status: tc.status, Detail: "30005"}
				if err := r.engine.Delivered(t.Context(), got[0].Case, news); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				if n := len(mail.got(every)); n != tc.mails {
					t.Errorf("%d by mail, want %d", n, tc.mails)
				}
				if err := r.engine.Delivered(t.Context(), "F-99999", news); err != nil {
					t.Errorf("news of a case that is not there: %v", err)
				}
			}, sms, mail)
		})
	}
}

// TestRoundsOfOneCaseAreOnePage lets a receiver be dead for several rounds of the
// policy: when it is back it hears of the case once.
func TestRoundsOfOneCaseAreOnePage(t *testing.T) {
	org := organisation()
	org.Policies = append(org.Policies, bot.Policy{ID: "short", Repeat: 20, Steps: []bot.Step{{Targets: []bot.Target{{Person: "chen"}}, Wait: 10 * time.Second}}})
	org.Routes = []bot.Route{{Name: "all", Policy: "short"}}
	inBubble(t, org, func(t *testing.T, r *running) {
		up := time.Now().Add(time.Minute)
		r.chat.answer = func(out chat.Outgoing, _ int) chat.SendResult {
			if out.Intent == chat.IntentPage && time.Now().Before(up) {
				return chat.SendResult{Class: chat.Retry, Reason: "500"}
			}
			return chat.OK()
		}
		r.say("Payments return 502")
		time.Sleep(65 * time.Second)
		synctest.Wait()
		time.Sleep(30 * time.Second)
		synctest.Wait()
		for _, p := range r.chat.got(pages("chen")) {
			if p.Facts["event"] != "page" {
				t.Errorf("a bundle of one case: %v", p.Facts)
			}
		}
		if n := len(r.chat.got(pages("chen"))); n == 0 || n > 4 {
			t.Errorf("%d pages", n)
		}
	})
}

// TestAReadPage is noted once, with the person and the platform; other messages of
// the case are not.
func TestAReadPage(t *testing.T) {
	inBubble(t, organisation(), func(t *testing.T, r *running) {
		r.say("Payments return 502")
		synctest.Wait()
		c := r.cases()[0]
		var page, receipt chat.MessageRef
		err := r.store.View(t.Context(), func(rd bot.Reader) error {
			letters, err := rd.Letters(c.ID)
			for _, l := range letters {
				switch l.Intent {
				case chat.IntentPage:
					page = l.Ref
				case chat.IntentReceipt:
					receipt = l.Ref
				}
			}
			return err
		})
		if err != nil || page.IsZero() || receipt.IsZero() {
			t.Fatal("nothing was sent", err)
		}
		for range 2 {
			if err := r.engine.Read(t.Context(), []chat.MessageRef{receipt, page, {Place: page.Place, ID: "none"}}); err != nil {
				t.Fatal(err)
			}
		}
		var read []bot.CaseEvent
		err = r.store.View(t.Context(), func(rd bot.Reader) error {
			events, err := rd.Events(c.ID, 0)
			for _, e := range events {
				if e.Type == bot.EvNotification && e.To == "read" {
					read = append(read, e)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(read) != 1 || read[0].Person != "chen" || read[0].Page == "" || read[0].Mode != string(page.Platform) {
			t.Errorf("read: %+v", read)
		}
	})
}
