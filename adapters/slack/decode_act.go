package slack

import (
	"encoding/json"
	"net/url"
	"strings"

	sdk "github.com/slack-go/slack"

	"hotline/adapters/loose"
	"hotline/bot/chat"
)

// act is a command, press, form or shortcut: the event and what is needed to
// answer it.
type act struct {
	ev      chat.Event
	trigger string
	hook    string // response_url
	slash   bool
	submit  bool
	ignore  bool // nothing to do beyond the acknowledgement
	// around says that what was said around the message must be fetched first.
	around bool
	first  string // block id of the form's first input, for a word beside it
}

// slashCommand decodes a command from its fields.
func (a *Adapter) slashCommand(fields loose.Object, raw json.RawMessage) act {
	user, channel := fields.Text("user_id"), fields.Text("channel_id")
	ev := chat.Event{
		Key: "slash:" + firstOf(fields.Text("trigger_id"), fields.Text("response_url")), Kind: chat.KindCommand, At: a.clock(),
		Where: a.place(channel, ""), From: a.principalNow(user, firstOf(fields.Text("user_team"), fields.Text("team_id")), fields.Text("user_name"), channel),
		Raw: rawOr(raw),
	}
	ev.Verb, ev.Args = a.verb(fields.Text("command"), fields.Text("text"))
	hook := fields.Text("response_url")
	ev.Reply = a.reply(hook, "")
	return act{ev: ev, trigger: fields.Text("trigger_id"), hook: hook, slash: true, ignore: user == ""}
}

// fieldsOf makes a form look like an object.
func fieldsOf(form url.Values) loose.Object {
	l := loose.Object{}
	for k, v := range form {
		raw, err := json.Marshal(v[0])
		if err == nil {
			l[k] = raw
		}
	}
	return l
}

// verb finds the verb and its arguments in a command line.
func (a *Adapter) verb(command, text string) (verb, args string) {
	text, _ = a.readText(text)
	text = strings.TrimSpace(text)
	base := a.cfg.Command
	if command != base && command != "" {
		name := strings.TrimPrefix(command, "/")
		return strings.TrimPrefix(name, strings.TrimPrefix(base, "/")+"-"), text
	}
	verb, args, _ = strings.Cut(text, " ")
	if verb == "" && len(a.cfg.Verbs) > 0 {
		verb = a.cfg.Verbs[0].Name
	}
	return strings.ToLower(verb), strings.TrimSpace(args)
}

// principalNow makes an account from what the payload says, without asking Slack:
// the answer must be quick.
func (a *Adapter) principalNow(user, team, name, channel string) chat.Principal {
	a.people.mu.Lock()
	known := a.people.list[user]
	a.people.mu.Unlock()
	team = firstOf(known.team, team, a.me().team)
	return chat.Principal{
		Platform: Platform, Tenant: team, User: user, Name: firstOf(known.name, name), Lang: known.lang, External: a.outsider(user, team, channel),
	}
}

// interaction decodes a press, shortcut or submitted form.
func (a *Adapter) interaction(raw json.RawMessage) act {
	l := loose.Of(raw)
	user := l.Sub("user")
	channel := firstOf(idOf(l, "channel"), l.Sub("container").Text("channel_id"))
	ev := chat.Event{
		At: a.clock(), Raw: rawOr(raw), Where: a.place(channel, ""),
		From: a.principalNow(user.Text("id"), firstOf(user.Text("team_id"), l.Sub("team").Text("id")), firstOf(user.Text("name"), user.Text("username")), channel),
	}
	if channel == "" {
		ev.Where.Direct = true
	}
	ac := act{ev: ev, trigger: l.Text("trigger_id"), hook: l.Text("response_url")}
	var ok bool
	switch sdk.InteractionType(l.Text("type")) {
	case sdk.InteractionTypeBlockActions:
		ok = a.press(&ac, l)
	case sdk.InteractionTypeViewSubmission:
		ok = a.submitted(&ac, l)
	case sdk.InteractionTypeMessageAction:
		ok = a.shortcut(&ac, l)
	case sdk.InteractionTypeShortcut:
		ac.ev.Kind, ac.ev.Key = chat.KindCommand, "short:"+firstOf(l.Text("trigger_id"), l.Text("action_ts"))
		ac.ev.Verb, ok = strings.CutPrefix(l.Text("callback_id"), callbackPrefix)
	}
	ac.ignore = !ok || ac.ev.From.User == ""
	return ac
}

// callbackPrefix stands before the verb in the callback id of a shortcut.
const callbackPrefix = "verb:"

// press decodes a pressed button or a chosen menu entry.
func (a *Adapter) press(ac *act, l loose.Object) bool {
	var actions []loose.Object
	if json.Unmarshal(l["actions"], &actions) != nil || len(actions) == 0 {
		return false
	}
	p := actions[0]
	value := firstOf(p.Text("value"), p.Sub("selected_option").Text("value"))
	action, ok := chat.DecodeAction(value)
	if !ok {
		return false
	}
	box := l.Sub("container")
	ts := firstOf(box.Text("message_ts"), l.Sub("message").Text("ts"))
	ac.ev.Kind, ac.ev.Action = chat.KindButton, action
	ac.ev.Where.Thread = threadIn(ts, firstOf(box.Text("thread_ts"), l.Sub("message").Text("thread_ts")))
	if ts != "" {
		ac.ev.Message = chat.MessageRef{Place: ac.ev.Where, ID: ts}
	}
	ac.ev.Key = "press:" + firstOf(ts, box.Text("view_id")) + ":" + value + ":" + firstOf(p.Text("action_ts"), ac.trigger)
	ac.ev.Reply = a.reply(ac.hook, ac.ev.Where.Thread)
	return true
}

// threadIn is the thread, unless the message is its parent.
func threadIn(ts, thread string) string {
	if thread == ts {
		return ""
	}
	return thread
}

// shortcut decodes an action on a message.
func (a *Adapter) shortcut(ac *act, l loose.Object) bool {
	verb, ok := strings.CutPrefix(l.Text("callback_id"), callbackPrefix)
	m := l.Sub("message")
	ts := firstOf(l.Text("message_ts"), m.Text("ts"))
	if !ok || ts == "" {
		return false
	}
	ac.ev.Kind, ac.ev.Verb = chat.KindShortcut, verb
	ac.ev.Key = "short:" + firstOf(ac.trigger, l.Text("action_ts"))
	ac.ev.Where.Thread = threadIn(ts, m.Text("thread_ts"))
	ac.ev.Message = chat.MessageRef{Place: ac.ev.Where, ID: ts}
	text, files, err := typed(l["message"])
	if err != nil {
		ac.ev.Undecoded, text = true, m.Text("text")
	}
	ac.ev.Text, _ = a.readText(text)
	ac.ev.Files, ac.ev.Cut = filesOf(files)
	ac.ev.Reply = a.reply(ac.hook, firstOf(ac.ev.Where.Thread, ""))
	ac.around = true
	return true
}

// reply is the right to answer through a response_url. The thread goes along, so
// that the answer stands where the person looks.
func (a *Adapter) reply(hook, thread string) chat.ReplyHandle {
	if hook == "" || len(hook) > 1900 {
		return chat.ReplyHandle{}
	}
	return chat.ReplyHandle{Platform: Platform, Token: hook + "\n" + thread, Expires: a.clock().Add(hookLife), Uses: hookUses, Private: true}
}
