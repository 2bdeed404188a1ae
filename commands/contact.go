package commands

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/say"
)

// Bounds on contact methods: how many a person may add, how long a code is good,
// how often it may be tried and how soon another is sent.
const (
	maxMethods  = 10
	codeLife    = 15 * time.Minute
	codeTries   = 5
	codeBetween = time.Minute
)

var (
	wordsMethods     = say.Words{EN: "How you are reached", ZH: "你的联系方式"}
	wordsVerifiedIs  = say.Words{EN: "verified", ZH: "已验证"}
	wordsUnproved    = say.Words{EN: "not verified: /contact verify <code>", ZH: "未验证:/contact verify <验证码>"}
	wordsFromConfig  = say.Words{EN: "from the configuration", ZH: "来自配置"}
	wordsRulesAre    = say.Words{EN: "Rules", ZH: "通知规则"}
	wordsQuietIs     = say.Words{EN: "Quiet hours %s–%s, broken by severity 1–%d", ZH: "免打扰 %s–%s,1–%d 级除外"}
	wordsTooMany     = say.Words{EN: "At most %d contact methods.", ZH: "最多 %d 个联系方式。"}
	wordsRemoveFirst = say.Words{EN: "Remove one first: /contact remove <id>", ZH: "请先移除:/contact remove <ID>"}
	wordsBadAddress  = say.Words{EN: "“%s” cannot be an address for %s.", ZH: "“%s”不是有效的 %s 地址。"}
	wordsAddressLike = say.Words{EN: "Write mail ann@example.com, sms +8613800000000, ntfy my-topic, or webhook https://…", ZH: "可写 mail ann@example.com、sms +8613800000000、ntfy 主题名 或 webhook https://…"}
	wordsCodeSent    = say.Words{EN: "A code was sent to “%s”. Type: /contact verify <code> within 15 minutes.", ZH: "验证码已发送到“%s”。请在 15 分钟内输入:/contact verify <验证码>"}
	wordsCodeIs      = say.Words{EN: "Your Hotline code is %s. It is good for 15 minutes.", ZH: "Hotline 验证码:%s,15 分钟内有效。"}
	wordsCodeSoon    = say.Words{EN: "A code was sent less than a minute ago.", ZH: "一分钟内已发送过验证码。"}
	wordsNoCode      = say.Words{EN: "No code is expected.", ZH: "没有待验证的联系方式。"}
	wordsAddAgain    = say.Words{EN: "/contact add sends one.", ZH: "用 /contact add 发送验证码。"}
	wordsWrongCode   = say.Words{EN: "That code is wrong or too old; %d tries are left.", ZH: "验证码错误或已过期,还可尝试 %d 次。"}
	wordsCodeGone    = say.Words{EN: "Too many wrong codes. Add the method again.", ZH: "错误次数过多,请重新添加。"}
	wordsProved      = say.Words{EN: "“%s” is verified and used from now on.", ZH: "“%s”已验证,现在开始使用。"}
	wordsNoSuchMeth  = say.Words{EN: "You have no method “%s” that you added here.", ZH: "没有你添加的联系方式“%s”。"}
	wordsSeeContact  = say.Words{EN: "/contact lists them.", ZH: "用 /contact 查看。"}
	wordsRemoved     = say.Words{EN: "“%s” is removed.", ZH: "“%s”已移除。"}
	wordsRulesSet    = say.Words{EN: "Your rules are set.", ZH: "通知规则已设置。"}
	wordsRulesBack   = say.Words{EN: "Your rules are those of the configuration again.", ZH: "已恢复为配置中的规则。"}
	wordsBadRule     = say.Words{EN: "“%s” is no rule.", ZH: "“%s”不是有效规则。"}
	wordsRuleLike    = say.Words{EN: "Write: chat 0m, mail 5m, sms 2m sev1-2", ZH: "写法:chat 0m, mail 5m, sms 2m sev1-2"}
	wordsQuietOff    = say.Words{EN: "No quiet hours.", ZH: "已关闭免打扰。"}
	wordsBadQuiet    = say.Words{EN: "“%s” are no quiet hours.", ZH: "“%s”不是有效的免打扰时段。"}
	wordsQuietLike   = say.Words{EN: "Write: 22:00-07:00, or 22:00-07:00 except 1-2, or off", ZH: "写法:22:00-07:00,或 22:00-07:00 except 1-2,或 off"}
)

// platformChoices are the ways besides chat by which somebody can be reached.
func platformChoices() []choice {
	return []choice{
		{value: "mail", label: say.Words{EN: "E-mail", ZH: "邮件"}, also: []string{"email", "邮箱"}},
		{value: "sms", label: say.Words{EN: "Text message", ZH: "短信"}, also: []string{"text"}},
		{value: "voice", label: say.Words{EN: "Voice call", ZH: "电话"}, also: []string{"phone", "语音"}},
		{value: "ntfy", label: say.Words{EN: "ntfy push", ZH: "ntfy 推送"}, also: []string{"push"}},
		{value: "webhook", label: say.Words{EN: "Webhook", ZH: "Webhook"}, also: []string{"hook"}},
		{value: "shoutrrr", label: say.Words{EN: "Another service", ZH: "其他服务"}},
	}
}

// goodAddress reports whether an address can belong to a platform. That it works is
// proved by the code.
func goodAddress(platform, address string) bool {
	if address == "" || len(address) > 500 || strings.ContainsAny(address, " \n\t") {
		return false
	}
	switch platform {
	case "mail":
		at := strings.LastIndexByte(address, '@')
		return at > 0 && strings.Contains(address[at:], ".") && !strings.ContainsAny(address, ",;<>()\"")
	case "sms", "voice":
		digits := strings.TrimPrefix(address, "+")
		return len(digits) >= 6 && len(digits) <= 15 && strings.Trim(digits, "0123456789") == ""
	case "webhook":
		u, err := url.Parse(address)
		return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil
	case "shoutrrr":
		u, err := url.Parse(address)
		return err == nil && u.Scheme != "" && u.Scheme != "logger"
	default:
		return true
	}
}

// shown is an address as it is repeated to its owner: secrets inside are left out.
func shown(m bot.Method) string {
	if m.Platform == "webhook" || m.Platform == "shoutrrr" {
		if u, err := url.Parse(m.Address); err == nil {
			return u.Scheme + "://" + u.Hostname() + "/…"
		}
		return "…"
	}
	return bot.Shorten(m.Address, 60)
}

func hashCode(person, method, code string) string {
	sum := sha256.Sum256([]byte(person + "\x00" + method + "\x00" + code))
	return hex.EncodeToString(sum[:])
}

func methodRecord(person, method string) string { return person + "/" + method }

// ownMethods are those that the person added in chat.
func (c *call) ownMethods() []bot.PersonMethod {
	var list []bot.PersonMethod
	for _, m := range c.in.Roster.Methods {
		if m.Person == c.in.Actor.ID {
			list = append(list, m)
		}
	}
	return list
}

// listMethods shows how a person is reached.
func (c *call) listMethods() (plan, error) {
	id := c.in.Actor.ID
	text := chat.Say("").Bold(wordsMethods.In(c.lang))
	own := c.ownMethods()
	for _, m := range c.in.MethodsOf(id) {
		state := wordsVerifiedIs.In(c.lang)
		switch {
		case !slices.ContainsFunc(own, func(o bot.PersonMethod) bool { return o.Method.ID == m.ID }):
			state = wordsFromConfig.In(c.lang)
		case !m.Verified:
			state = wordsUnproved.In(c.lang)
		}
		text = text.Plain("\n• ").Bold(m.ID).Plain("  " + strings.TrimSpace(shown(m)+"  "+state))
	}
	text = text.Plain("\n" + wordsRulesAre.In(c.lang) + ": " + c.rulesText())
	if q := c.quietOf(); q.From != "" {
		text = text.Plain("\n" + wordsQuietIs.In(c.lang, q.From, q.To, int(q.Breaks)))
	}
	return c.answer(chat.Content{Text: text}), nil
}

func (c *call) rulesText() string {
	var parts []string
	p, _ := c.in.Org.Person(c.in.Actor.ID)
	rules := p.Notify
	if n := c.notifyOf(); len(n.Rules) > 0 {
		rules = n.Rules
	}
	if len(rules) == 0 {
		rules = c.in.RulesOf(c.in.Actor.ID, 1)
	}
	for _, r := range rules {
		s := r.Method + " " + bot.Ago(r.After)
		if r.Worst != 0 || r.Least != 0 {
			s += " sev" + strconv.Itoa(max(1, int(r.Worst))) + "-" + strconv.Itoa(leastOf(r))
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, ", ")
}

func leastOf(r bot.NotifyRule) int {
	if r.Least == 0 {
		return 4
	}
	return int(r.Least)
}

func (c *call) notifyOf() bot.PersonNotify {
	for _, n := range c.in.Roster.Notify {
		if n.Person == c.in.Actor.ID {
			return n
		}
	}
	return bot.PersonNotify{Person: c.in.Actor.ID}
}

func (c *call) quietOf() bot.Quiet {
	if n := c.notifyOf(); n.Quiet != nil {
		return *n.Quiet
	}
	p, _ := c.in.Org.Person(c.in.Actor.ID)
	return p.Quiet
}

// addMethod stores a method that is not proved yet and sends a code there.
func (c *call) addMethod() (plan, error) {
	platform, address := c.args["platform"], c.args["address"]
	if !goodAddress(platform, address) {
		return nil, c.refuse(bot.ErrInvalid, wordsBadAddress, wordsAddressLike, bot.Shorten(address, 60), platform)
	}
	m := bot.PersonMethod{Person: c.in.Actor.ID, Method: bot.Method{ID: platform, Platform: platform, Address: address}, Tries: codeTries, Expires: c.in.Now.Add(codeLife)}
	own, again := c.ownMethods(), false
	for _, o := range own {
		if o.Method.Platform == platform && o.Method.Address == address {
			if o.Expires.Sub(c.in.Now) > codeLife-codeBetween {
				return nil, c.refuse(bot.ErrConflict, wordsCodeSoon, wordsTryAgain)
			}
			m.Method.ID, again = o.Method.ID, true
		}
	}
	if !again {
		if len(own) >= maxMethods {
			return nil, c.refuse(bot.ErrConflict, wordsTooMany, wordsRemoveFirst, maxMethods)
		}
		m.Method.ID = c.freeMethod(platform)
	}
	code := c.code()
	if len(code) < 6 {
		return nil, c.refuse(bot.ErrUnavailable, wordsBusy, wordsTryAgain)
	}
	m.CodeHash = hashCode(m.Person, m.Method.ID, code)
	return func(tx bot.Tx) error {
		if err := c.desk.ChangeRoster(tx, bot.RecMethod, methodRecord(m.Person, m.Method.ID), m); err != nil {
			return err
		}
		content := chat.Content{Text: chat.T(wordsCodeIs.In(c.lang, code))}
		letter := bot.Letter{Template: bot.TplContent, Intent: chat.IntentNotice, Audience: chat.Only(m.Person), Priority: bot.PrioPrivate, Lang: c.lang,
			Person: m.Person, To: chat.Principal{Platform: chat.Platform(platform), User: address, Name: c.in.Actor.Name}, Content: &content}
		if err := c.desk.Post(tx, letter); err != nil {
			return err
		}
		return c.tell(tx, chat.Content{Text: chat.T(wordsCodeSent.In(c.lang, m.Method.ID))})
	}, nil
}

// freeMethod is an id that the person does not use yet: "mail", "mail-2" …
func (c *call) freeMethod(platform string) string {
	all := c.in.MethodsOf(c.in.Actor.ID)
	id := platform
	for n := 2; slices.ContainsFunc(all, func(m bot.Method) bool { return m.ID == id }); n++ {
		id = platform + "-" + strconv.Itoa(n)
	}
	return id
}

// verify proves a method by its code. A wrong code costs a try.
func (c *call) verify() (plan, error) {
	code := strings.TrimSpace(c.args["code"])
	return func(tx bot.Tx) error {
		roster, err := bot.LoadRoster(tx)
		if err != nil {
			return err
		}
		waiting := 0
		var last bot.PersonMethod
		for _, m := range roster.Methods {
			if m.Person != c.in.Actor.ID || m.CodeHash == "" {
				continue
			}
			waiting, last = waiting+1, m
			good := subtle.ConstantTimeCompare([]byte(m.CodeHash), []byte(hashCode(m.Person, m.Method.ID, code))) == 1
			if good && tx.Now().Before(m.Expires) && m.Tries > 0 {
				m.Method.Verified, m.CodeHash, m.Tries, m.Expires = true, "", 0, time.Time{}
				if err := c.desk.ChangeRoster(tx, bot.RecMethod, methodRecord(m.Person, m.Method.ID), m); err != nil {
					return err
				}
				return c.tell(tx, chat.Content{Text: chat.T(wordsProved.In(c.lang, m.Method.ID))})
			}
			if err := c.countTry(tx, m); err != nil {
				return err
			}
		}
		switch {
		case waiting == 0:
			return c.refuse(bot.ErrNotFound, wordsNoCode, wordsAddAgain)
		case last.Tries <= 1:
			return c.tell(tx, chat.Content{Text: chat.T(wordsCodeGone.In(c.lang))})
		default:
			return c.tell(tx, chat.Content{Text: chat.T(wordsWrongCode.In(c.lang, last.Tries-1))})
		}
	}, nil
}

// countTry takes one try from a method; at none left the method is removed.
func (c *call) countTry(tx bot.Tx, m bot.PersonMethod) error {
	m.Tries--
	if m.Tries <= 0 {
		return c.desk.ChangeRoster(tx, bot.RecMethod, methodRecord(m.Person, m.Method.ID), nil)
	}
	return c.desk.ChangeRoster(tx, bot.RecMethod, methodRecord(m.Person, m.Method.ID), m)
}

func (c *call) removeMethod() (plan, error) {
	id := c.args["method"]
	if !slices.ContainsFunc(c.ownMethods(), func(m bot.PersonMethod) bool { return m.Method.ID == id }) {
		return nil, c.refuse(bot.ErrNotFound, wordsNoSuchMeth, wordsSeeContact, bot.Shorten(id, 40))
	}
	return func(tx bot.Tx) error {
		if err := c.desk.ChangeRoster(tx, bot.RecMethod, methodRecord(c.in.Actor.ID, id), nil); err != nil {
			return err
		}
		return c.tell(tx, chat.Content{Text: chat.T(wordsRemoved.In(c.lang, id))})
	}, nil
}

// setRules replaces the person's notification rules: "chat 0m, mail 5m, sms 2m
// sev1-2".
func (c *call) setRules() (plan, error) {
	text := strings.TrimSpace(c.args["rules"])
	if text == "" {
		return c.listMethods()
	}
	n := c.notifyOf()
	done := wordsRulesSet
	if f := fold(text); f == "clear" || f == "reset" || f == "清除" {
		n.Rules, done = nil, wordsRulesBack
	} else {
		n.Rules = nil
		for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '，' || r == ';' || r == '、' }) {
			r, ok := c.rule(part)
			if !ok || len(n.Rules) == 20 {
				return nil, c.refuse(bot.ErrInvalid, wordsBadRule, wordsRuleLike, bot.Shorten(strings.TrimSpace(part), 60))
			}
			n.Rules = append(n.Rules, r)
		}
	}
	return c.putNotify(n, done), nil
}

func (c *call) putNotify(n bot.PersonNotify, done say.Words) plan {
	return func(tx bot.Tx) error {
		if err := c.desk.ChangeRoster(tx, bot.RecNotify, n.Person, n); err != nil {
			return err
		}
		return c.tell(tx, chat.Content{Text: chat.T(done.In(c.lang))})
	}
}

// rule reads "mail 5m sev1-2"; the method must be one that the person has.
func (c *call) rule(text string) (bot.NotifyRule, bool) {
	words := split(strings.ToLower(text))
	if len(words) == 0 || len(words) > 3 {
		return bot.NotifyRule{}, false
	}
	r := bot.NotifyRule{Method: words[0].text}
	if !slices.ContainsFunc(c.in.MethodsOf(c.in.Actor.ID), func(m bot.Method) bool { return m.ID == r.Method }) {
		return r, false
	}
	for _, w := range words[1:] {
		if d, ok := parseLength(w.text); ok && d <= 24*time.Hour {
			r.After = d
			continue
		}
		if strings.Trim(w.text, "0msh") == "" {
			continue // at once
		}
		worst, least, ok := severities(w.text)
		if !ok {
			return r, false
		}
		r.Worst, r.Least = worst, least
	}
	return r, true
}

// severities reads "1-2", "sev1-2", "sev1" or "2级".
func severities(s string) (worst, least bot.Severity, ok bool) {
	from, to, isRange := strings.Cut(strings.NewReplacer("–", "-", "~", "-").Replace(s), "-")
	worst, ok = severityOf(from)
	if !ok {
		return 0, 0, false
	}
	least = worst
	if isRange {
		least, ok = severityOf(to)
	}
	return worst, least, ok && worst <= least
}

// setQuiet sets the quiet hours and which severities break them.
func (c *call) setQuiet() (plan, error) {
	text := strings.TrimSpace(c.args["hours"])
	n := c.notifyOf()
	if f := fold(text); f == "off" || f == "none" || f == "关闭" {
		n.Quiet = &bot.Quiet{}
		return c.putNotify(n, wordsQuietOff), nil
	}
	words := split(spreadDash(strings.ReplaceAll(text, "：", ":")))
	q := bot.Quiet{Breaks: 1}
	ok := len(words) >= 3
	if ok {
		_, _, ok1 := clock(words[0].text)
		_, _, ok2 := clock(words[2].text)
		q.From, q.To, ok = words[0].text, words[2].text, ok1 && ok2 && words[0].text != words[2].text
	}
	if ok && len(words) > 3 {
		rest := words[3:]
		skip(&rest, "except", "除外", "除")
		ok = len(rest) == 1
		if ok {
			_, q.Breaks, ok = severities(rest[0].text)
		}
	}
	if !ok {
		return nil, c.refuse(bot.ErrInvalid, wordsBadQuiet, wordsQuietLike, bot.Shorten(text, 60))
	}
	n.Quiet = &q
	done := say.Words{EN: wordsQuietIs.In("en", q.From, q.To, int(q.Breaks)), ZH: wordsQuietIs.In("zh", q.From, q.To, int(q.Breaks))}
	return c.putNotify(n, done), nil
}
