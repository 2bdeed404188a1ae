package bot

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"hotline/bot/chat"
	"hotline/bot/say"
)

// The templates of letters. A template is filled in when the letter is sent, from
// the case as it is then.
const (
	TplContent      = "content"       // Letter.Content as it is
	TplReceipt      = "receipt"       // the customer's live card
	TplCard         = "card"          // the internal live card
	TplPage         = "page"          // a page
	TplBundle       = "bundle"        // several pages for one person
	TplUntaken      = "untaken"       // nobody has taken it
	TplSuggest      = "suggest"       // probable fixes for the customer
	TplResolved     = "resolved"      // fixed? confirm or not
	TplRate         = "rate"          // satisfaction
	TplAnswer       = "answer"        // a responder's words to the customer
	TplAsk          = "ask"           // we need something from you
	TplRestored     = "restored"      // service is back
	TplCancelled    = "cancelled"     //
	TplMerged       = "merged"        //
	TplCustomerSaid = "customer_said" // inside: the customer wrote
	TplRevised      = "revised"       // inside: they changed what they wrote
	TplWithdrawn    = "withdrawn"     // inside: they took it back
	TplNote         = "note"          // inside
	TplConfirmed    = "confirmed"     // to the owner
	TplReopened     = "reopened"      // to the owner and inside
	TplNag          = "nag"           // to the owner after silence
	TplSnoozeEnded  = "snooze_ended"  // to the owner
	TplLowScore     = "low_score"     // to leads
	TplClock        = "clock"         // a clock warns or ran out
	TplRoom         = "room"          // open the incident room
	TplKnown        = "known"         // the case is a known problem
	TplKnownFixed   = "known_fixed"   // the known problem is fixed
)

// Render fills in a letter from the case as it is now. Bundles are made by
// [RenderBundle].
func Render(w World, l *Letter, c *Case) chat.Content {
	if l.Template == TplContent && l.Content != nil {
		return *l.Content
	}
	r := renderer{w: w, l: l, c: c, lang: l.Lang}
	if f, ok := templates[l.Template]; ok {
		return f(&r)
	}
	return chat.Content{Text: chat.T(c.Number + " " + c.Title)}
}

type renderer struct {
	w    World
	l    *Letter
	c    *Case
	lang string
}

func (r *renderer) say(w say.Words, args ...any) string { return w.In(r.lang, args...) }

func (r *renderer) button(label say.Words, verb, arg string, style chat.Style) chat.Button {
	return chat.Button{Label: label.In(r.lang), Style: style,
		Action: chat.Action{Verb: verb, Case: r.c.Number, Arg: arg, Gen: r.c.Generation}}
}

var templates = map[string]func(*renderer) chat.Content{
	TplReceipt:      (*renderer).receipt,
	TplCard:         (*renderer).card,
	TplPage:         (*renderer).page,
	TplUntaken:      (*renderer).untaken,
	TplSuggest:      (*renderer).suggest,
	TplResolved:     (*renderer).resolved,
	TplRate:         (*renderer).rate,
	TplAnswer:       (*renderer).answer,
	TplAsk:          (*renderer).ask,
	TplRestored:     (*renderer).restored,
	TplCancelled:    (*renderer).cancelled,
	TplMerged:       (*renderer).merged,
	TplCustomerSaid: (*renderer).customerSaid,
	TplRevised:      func(r *renderer) chat.Content { return r.quoted(wordRevised) },
	TplWithdrawn:    func(r *renderer) chat.Content { return r.line(wordWithdrawn, r.l.Args["by"]) },
	TplNote:         func(r *renderer) chat.Content { return r.quoted(wordNote) },
	TplConfirmed:    func(r *renderer) chat.Content { return r.line(wordConfirmed, r.c.Number, r.c.Title) },
	TplReopened:     func(r *renderer) chat.Content { return r.line(wordReopened, r.c.Number, r.c.Title) },
	TplNag:          (*renderer).nag,
	TplSnoozeEnded:  func(r *renderer) chat.Content { return r.line(wordSnoozeEnded, r.c.Number, r.c.Title) },
	TplLowScore:     func(r *renderer) chat.Content { return r.line(wordLowScore, r.c.Number, r.c.Score) },
	TplClock:        (*renderer).clock,
	TplRoom:         (*renderer).roomIntro,
	TplKnown:        (*renderer).knownProblem,
	TplKnownFixed:   (*renderer).knownFixed,
}

var (
	wordReceipt      = say.Words{EN: "We have it", ZH: "已收到"}
	wordPaged        = say.Words{EN: "%s has been called", ZH: "已通知 %s"}
	wordCalling      = say.Words{EN: "We are finding somebody", ZH: "正在安排人员"}
	wordWith         = say.Words{EN: "%s is on it", ZH: "%s 正在处理"}
	wordHeldCustomer = say.Words{EN: "Known maintenance: %s", ZH: "正在维护:%s"}
	wordAnswerBy     = say.Words{EN: "Answer by", ZH: "预计答复"}
	wordStatus       = say.Words{EN: "Status", ZH: "状态"}
	wordSeverity     = say.Words{EN: "Severity", ZH: "级别"}
	wordWho          = say.Words{EN: "With", ZH: "处理人"}
	wordCustomer     = say.Words{EN: "Customer", ZH: "客户"}
	wordSite         = say.Words{EN: "Site", ZH: "站点"}
	wordAsset        = say.Words{EN: "Asset", ZH: "资产"}
	wordService      = say.Words{EN: "Service", ZH: "服务"}
	wordDue          = say.Words{EN: "Due", ZH: "时限"}
	wordCount        = say.Words{EN: "Reported", ZH: "报告次数"}
	wordTimes        = say.Words{EN: "%d times", ZH: "%d 次"}
	wordHeld         = say.Words{EN: "Held", ZH: "暂停"}
	wordSnoozed      = say.Words{EN: "Snoozed until", ZH: "暂停至"}
	wordSolution     = say.Words{EN: "Solution", ZH: "解决方案"}
	wordNobody       = say.Words{EN: "nobody yet", ZH: "暂无"}
	wordRepeat       = say.Words{EN: "Possible repeat", ZH: "可能重复发送"}
	wordDrill        = say.Words{EN: "DRILL – no action needed", ZH: "演练 – 无需处理"}

	buttonTicket   = say.Words{EN: "Follow it online", ZH: "在线查看"}
	buttonAck      = say.Words{EN: "Acknowledge", ZH: "接单"}
	buttonEscalate = say.Words{EN: "Escalate", ZH: "升级"}
	buttonResolve  = say.Words{EN: "Resolve", ZH: "解决"}
	buttonNote     = say.Words{EN: "Note", ZH: "备注"}
	buttonReply    = say.Words{EN: "Reply", ZH: "回复客户"}
	buttonWhy      = say.Words{EN: "Why?", ZH: "原因"}
	buttonSnooze   = say.Words{EN: "Snooze 1 h", ZH: "暂停 1 小时"}
	buttonUnack    = say.Words{EN: "Give back", ZH: "退回"}
	buttonConfirm  = say.Words{EN: "Yes, it works", ZH: "已恢复"}
	buttonReopen   = say.Words{EN: "Not fixed", ZH: "未解决"}

	wordUntaken      = say.Words{EN: "Nobody has taken %s yet: %s", ZH: "%s 仍无人接单:%s"}
	wordUnanswered   = say.Words{EN: "Nobody else has answered for %s; %s has it: %s", ZH: "%s 无其他人响应,目前由 %s 负责:%s"}
	wordResolvedAsk  = say.Words{EN: "%s should be fixed. Does it work again?", ZH: "%s 应已修复,请确认是否恢复正常?"}
	wordRate         = say.Words{EN: "How did we do on %s?", ZH: "您对 %s 的处理满意吗?"}
	wordThanks       = say.Words{EN: "Thank you for rating %s: %s", ZH: "感谢您对 %s 的评分:%s"}
	wordAsk          = say.Words{EN: "To go on with %s we need something from you:", ZH: "处理 %s 还需要您提供:"}
	wordRestored     = say.Words{EN: "Service is back for %s by a workaround. We keep working on the fix.", ZH: "%s 已临时恢复服务,我们会继续彻底修复。"}
	wordCancelled    = say.Words{EN: "%s was cancelled: %s", ZH: "%s 已取消:%s"}
	wordMerged       = say.Words{EN: "%s is the same fault as %s; we go on there.", ZH: "%s 与 %s 为同一故障,将在后者中继续处理。"}
	wordCustomerSaid = say.Words{EN: "%s (customer) wrote:", ZH: "%s(客户)说:"}
	wordRevised      = say.Words{EN: "%s changed it to:", ZH: "%s 修改为:"}
	wordWithdrawn    = say.Words{EN: "%s deleted their message.", ZH: "%s 撤回了消息。"}
	wordNote         = say.Words{EN: "Note by %s (internal):", ZH: "%s 的内部备注:"}
	wordConfirmed    = say.Words{EN: "The customer confirmed %s: %s. Well done.", ZH: "客户已确认 %s:%s。辛苦了。"}
	wordReopened     = say.Words{EN: "%s is open again, the customer says it is not fixed: %s", ZH: "%s 已重开,客户反馈仍未解决:%s"}
	wordSnoozeEnded  = say.Words{EN: "The snooze of %s is over: %s", ZH: "%s 的暂停已结束:%s"}
	wordLowScore     = say.Words{EN: "%s was rated %d of 5. Somebody should talk to the customer.", ZH: "%s 的评分为 %d 分(满分 5),请联系客户。"}
	wordNag          = say.Words{EN: "You took %s %s ago and nothing has happened since. Write a note, resolve it, or give it back.", ZH: "你在 %[2]s前接了 %[1]s,之后没有进展。请添加备注、解决或退回。"}
	wordRoomIntro    = say.Words{EN: "Room for %s: %s", ZH: "%s 应急群:%s"}
)

// line is one sentence.
func (r *renderer) line(w say.Words, args ...any) chat.Content {
	return chat.Content{Text: chat.T(r.say(w, args...))}
}

// quoted is a sentence with who said it, and below what they said.
func (r *renderer) quoted(w say.Words) chat.Content {
	return chat.Content{Text: chat.Say("").Bold(r.say(w, r.l.Args["by"])).Plain("\n" + r.l.Args["text"])}
}

// receipt is the customer's live card: number, who has it, when to expect an
// answer. It is edited as things move on and says nothing internal.
func (r *renderer) receipt() chat.Content {
	c := r.c
	card := &chat.Card{Number: c.Number, Title: r.receiptTitle(), Tone: r.tone()}
	card.Fields = append(card.Fields, chat.Field{Name: r.say(wordStatus), Value: chat.T(StateName(c.State, r.lang))})
	if due, ok := r.w.ResponseDue(c); ok && c.Responded.IsZero() && c.State.Active() {
		card.Fields = append(card.Fields, chat.Field{Name: r.say(wordAnswerBy), Value: r.moment(due)})
	}
	if c.State == Resolved && c.Solution != "" || c.State == Closed && c.Solution != "" {
		card.Fields = append(card.Fields, chat.Field{Name: r.say(wordSolution), Value: chat.T(Shorten(c.Solution, 300)), Wide: true})
	}
	if url := r.w.Org.TicketURL(c.Number, c.ReporterAt.Key()); url != "" && !c.ReporterAt.IsZero() {
		card.Buttons = append(card.Buttons, chat.Button{Label: r.say(buttonTicket), URL: url})
	}
	return chat.Content{Card: card}
}

func (r *renderer) receiptTitle() string {
	c := r.c
	switch {
	case !c.State.Active():
		return capital(StateName(c.State, r.lang))
	case c.Owner != "":
		return r.say(wordReceipt) + " – " + r.say(wordWith, r.w.Name(c.Owner))
	case c.Held != "":
		return r.say(wordReceipt) + " – " + r.say(wordHeldCustomer, c.Held)
	case len(c.Paging.Paged) > 0:
		return r.say(wordReceipt) + " – " + r.say(wordPaged, r.w.Name(c.Paging.Paged[len(c.Paging.Paged)-1]))
	default:
		return r.say(wordReceipt) + " – " + r.say(wordCalling)
	}
}

// capital makes the first letter a capital.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

func (r *renderer) tone() chat.Tone {
	switch {
	case r.c.State == Resolved, r.c.State == Closed:
		return chat.ToneGood
	case !r.c.State.Open():
		return chat.ToneQuiet
	case r.c.State.Untaken() && r.c.Severity <= 2:
		return chat.ToneAlarm
	case r.c.State.Untaken():
		return chat.ToneWarning
	default:
		return chat.ToneNormal
	}
}

func (r *renderer) moment(t time.Time) chat.Text {
	return chat.Text(nil).Moment(t, t.In(r.zone()).Format("2006-01-02 15:04 MST"))
}

// zone is the reader's zone as far as it is known.
func (r *renderer) zone() *time.Location {
	if p, ok := r.w.Org.Person(r.l.Person); ok && p.Zone != "" {
		if loc, err := time.LoadLocation(p.Zone); err == nil {
			return loc
		}
	}
	if c, ok := r.w.Org.Customer(r.c.Customer); ok && c.Zone != "" && r.l.Audience.IsCustomer() {
		if loc, err := time.LoadLocation(c.Zone); err == nil {
			return loc
		}
	}
	if r.w.Org.Zone != nil {
		return r.w.Org.Zone
	}
	return time.UTC
}

// facts are what a responder needs to act.
func (r *renderer) facts() []chat.Field {
	c := r.c
	fields := []chat.Field{
		{Name: r.say(wordStatus), Value: chat.T(StateName(c.State, r.lang))},
		{Name: r.say(wordSeverity), Value: chat.T(SeverityName(c.Severity, r.lang))},
		{Name: r.say(wordWho), Value: chat.T(firstOf(r.w.Name(c.Owner), r.say(wordNobody)))},
	}
	add := func(w say.Words, v string) {
		if v != "" {
			fields = append(fields, chat.Field{Name: r.say(w), Value: chat.T(v)})
		}
	}
	add(wordCustomer, r.customerName())
	if kind, due, ok := r.w.NextClock(c); ok {
		fields = append(fields, chat.Field{Name: r.say(wordDue) + " (" + ClockName(kind, r.lang) + ")", Value: r.moment(due)})
	}
	if s, ok := r.w.Org.Site(c.Site); ok {
		add(wordSite, s.ID+" "+s.Name)
	}
	add(wordAsset, c.Asset)
	if s, ok := r.w.Org.Service(c.Service); ok {
		add(wordService, firstOf(s.Name, s.ID))
	}
	if c.Count > 1 {
		add(wordCount, r.say(wordTimes, c.Count))
	}
	add(wordHeld, c.Held)
	add(wordKnownField, c.Known.Article)
	if !c.Snoozed.IsZero() {
		fields = append(fields, chat.Field{Name: r.say(wordSnoozed), Value: r.moment(c.Snoozed)})
	}
	return fields[:min(len(fields), 10)]
}

func (r *renderer) customerName() string {
	c, ok := r.w.Org.Customer(r.c.Customer)
	if !ok {
		return r.c.ReporterName
	}
	name := firstOf(c.Name, c.ID)
	if k, ok := r.w.Org.Contracts[c.Contract]; ok && k.Name != "" {
		name += " · " + k.Name
	}
	return name
}

// card is the internal live card.
func (r *renderer) card() chat.Content {
	c := r.c
	card := &chat.Card{Number: c.Number, Title: c.Title, Tone: r.tone(), Fields: r.facts(), Items: r.similar(),
		Labels: []string{string(c.State), "sev" + strconv.Itoa(int(c.Severity))}}
	if c.Text != c.Title {
		card.Body = chat.T(Shorten(c.Text, 600))
	}
	if t := c.Translation; t.Text != "" && say.IsChinese(t.Lang) == say.IsChinese(r.lang) {
		card.Body = r.translation(card.Body, t.Text)
	}
	card.Buttons, card.More = r.actions()
	if c.Drill {
		card.Foot = chat.T(r.say(wordDrill))
	}
	return chat.Content{Card: card}
}

// actions are the next actions, likeliest first, and those to fold away.
func (r *renderer) actions() (buttons, more []chat.Button) {
	c := r.c
	ack := r.button(buttonAck, "ack", "", chat.StylePrimary)
	resolve := r.button(buttonResolve, "resolve", "", chat.StylePlain)
	escalate := r.button(buttonEscalate, "escalate", "", chat.StylePlain)
	switch {
	case c.State.Untaken():
		buttons = []chat.Button{ack, escalate}
		more = []chat.Button{resolve, r.button(buttonSnooze, "snooze", "1h", chat.StylePlain)}
	case c.State.Active():
		resolve.Style = chat.StylePrimary
		buttons = []chat.Button{resolve, r.button(buttonReply, "reply", "", chat.StylePlain)}
		more = []chat.Button{escalate, r.button(buttonUnack, "unack", "", chat.StylePlain), r.button(buttonSnooze, "snooze", "1h", chat.StylePlain)}
		if c.Paging.Active {
			buttons = append([]chat.Button{ack}, buttons...)
		}
	case c.State == Resolved:
		buttons = []chat.Button{r.button(buttonReopen, "reopen", "", chat.StylePlain)}
	}
	if c.State.Open() {
		more = append(more, r.button(buttonNote, "note", "", chat.StylePlain), r.button(buttonWhy, "why", "", chat.StylePlain))
	}
	return buttons, more
}

// page is everything needed to act, with the two buttons that matter. Once the
// case is taken the same message says by whom.
func (r *renderer) page() chat.Content {
	content := r.card()
	card := content.Card
	if r.c.State.Untaken() || r.c.Paging.Active {
		card.Buttons = []chat.Button{r.button(buttonAck, "ack", "", chat.StylePrimary), r.button(buttonEscalate, "escalate", "", chat.StylePlain)}
	}
	if r.l.Repeat {
		card.Foot = chat.T(r.say(wordRepeat))
	}
	return content
}

func (r *renderer) untaken() chat.Content {
	if !r.c.State.Untaken() {
		content := r.line(wordUnanswered, r.c.Number, r.w.Name(r.c.Owner), r.c.Title)
		content.Buttons = []chat.Button{r.button(buttonEscalate, "escalate", "", chat.StylePlain)}
		return content
	}
	content := r.line(wordUntaken, r.c.Number, r.c.Title)
	content.Buttons = []chat.Button{r.button(buttonAck, "ack", "", chat.StylePrimary), r.button(buttonEscalate, "escalate", "", chat.StylePlain)}
	return content
}

func (r *renderer) resolved() chat.Content {
	text := chat.Say("").Bold(r.say(wordResolvedAsk, r.c.Number)).Plain("\n" + r.c.Solution)
	if r.c.State != Resolved {
		return chat.Content{Text: text.Plain("\n" + capital(StateName(r.c.State, r.lang)))}
	}
	return chat.Content{Text: text, Buttons: []chat.Button{
		r.button(buttonConfirm, "confirm", "", chat.StylePrimary), r.button(buttonReopen, "reopen", "", chat.StyleDanger)}}
}

func (r *renderer) rate() chat.Content {
	if r.c.Rated >= r.c.Episode {
		return r.line(wordThanks, r.c.Number, strings.Repeat("★", r.c.Score))
	}
	content := r.line(wordRate, r.c.Number)
	for score := 5; score >= 1; score-- {
		content.Buttons = append(content.Buttons, chat.Button{Label: strings.Repeat("★", score),
			Action: chat.Action{Verb: "rate", Case: r.c.Number, Arg: strconv.Itoa(score)}})
	}
	return content
}

func (r *renderer) answer() chat.Content {
	return chat.Content{Text: chat.Say("").Bold(r.l.Args["by"]).Plain(": " + r.l.Args["text"])}
}

func (r *renderer) ask() chat.Content {
	return chat.Content{Text: chat.Say("").Bold(r.say(wordAsk, r.c.Number)).Plain("\n" + r.l.Args["text"])}
}

func (r *renderer) restored() chat.Content {
	text := chat.Say(r.say(wordRestored, r.c.Number))
	if r.l.Args["text"] != "" {
		text = text.Plain("\n" + r.l.Args["text"])
	}
	return chat.Content{Text: text}
}

func (r *renderer) cancelled() chat.Content {
	return r.line(wordCancelled, r.c.Number, r.l.Args["text"])
}

func (r *renderer) merged() chat.Content {
	return r.line(wordMerged, r.c.Number, r.l.Args["into_case"])
}

func (r *renderer) nag() chat.Content {
	content := r.line(wordNag, r.c.Number, r.l.Args["after"])
	content.Buttons = []chat.Button{r.button(buttonNote, "note", "", chat.StylePrimary),
		r.button(buttonResolve, "resolve", "", chat.StylePlain), r.button(buttonUnack, "unack", "", chat.StylePlain)}
	return content
}

func (r *renderer) roomIntro() chat.Content {
	content := r.card()
	content.Text = chat.T(r.say(wordRoomIntro, r.c.Number, r.c.Title))
	return content
}

// RoomName is the name of the incident channel of a case.
func RoomName(c *Case) string {
	name := strings.ToLower(c.Number)
	for _, r := range strings.ToLower(c.Title) {
		switch {
		case len(name) > 40:
			return strings.TrimRight(name, "-")
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			name += string(r)
		case !strings.HasSuffix(name, "-"):
			name += "-"
		}
	}
	return strings.TrimRight(name, "-")
}

var (
	wordBundle     = say.Words{EN: "%d cases wait for you", ZH: "有 %d 个工单等待处理"}
	wordBundleDone = say.Words{EN: "All of these have been taken.", ZH: "这些工单都已有人接单。"}
	wordBundleMore = say.Words{EN: "and %d more – /mine shows all", ZH: "另有 %d 个,用 /mine 查看全部"}
)

// RenderBundle is one message for several pages of one person: the count first,
// then the worst.
func RenderBundle(lang string, cases []Case, repeat bool) chat.Content {
	if len(cases) == 0 {
		return chat.Content{Text: chat.T(wordBundleDone.In(lang))}
	}
	card := &chat.Card{Title: wordBundle.In(lang, len(cases)), Tone: chat.ToneWarning}
	for _, c := range cases[:min(len(cases), 10)] {
		if c.Severity <= 2 {
			card.Tone = chat.ToneAlarm
		}
		card.Items = append(card.Items, chat.Item{
			Text: chat.Say("").Bold(c.Number).Plain(" [" + strconv.Itoa(int(c.Severity)) + "] " + Shorten(c.Title, 90)),
			Buttons: []chat.Button{{Label: buttonAck.In(lang), Style: chat.StylePrimary,
				Action: chat.Action{Verb: "ack", Case: c.Number, Gen: c.Generation}}},
		})
	}
	if len(cases) > 10 {
		card.Foot = chat.T(wordBundleMore.In(lang, len(cases)-10))
	}
	if repeat {
		card.Foot = card.Foot.Plain(" " + wordRepeat.In(lang))
	}
	return chat.Content{Card: card}
}
