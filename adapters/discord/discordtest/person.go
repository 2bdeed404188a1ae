package discordtest

import (
	"fmt"
)

// Person is somebody who uses the server with Discord's own client. What a
// person does happens at once; the bot hears of it by the gateway.
type Person struct {
	User
	// Locale is the language of the client, such as "en-US" or "zh-CN".
	Locale string

	s *Server
}

// Upload is a file that a person attaches.
type Upload struct {
	Name string
	Type string
	Data []byte
}

// Mention is the text that mentions the bot.
func (s *Server) Mention() string { return "<@" + s.bot.ID + ">" }

// Post writes a message into a channel or thread and returns it. It fails when
// the person cannot see the channel.
func (p *Person) Post(channel, text string, files ...Upload) (Message, error) {
	return p.post(channel, text, nil, files)
}

// Reply answers a message of the same channel.
func (p *Person) Reply(channel, to, text string) (Message, error) {
	return p.post(channel, text, &Reference{MessageID: to, ChannelID: channel}, nil)
}

func (p *Person) post(channel, text string, ref *Reference, files []Upload) (Message, error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch, err := p.channel(channel)
	if err != nil {
		return Message{}, err
	}
	var ups []upload
	for _, f := range files {
		ups = append(ups, upload{"", f.Name, f.Type, f.Data})
	}
	m := &Message{Author: p.User, Content: text, Attachments: p.s.attach(ups)}
	if ref != nil {
		m.Type, m.Reference = 19, ref
	}
	p.s.ping(m, nil)
	p.s.add(ch, m)
	return m.copy(), nil
}

// channel finds a channel that the person can see. The lock is held.
func (p *Person) channel(id string) (*channel, error) {
	ch := p.s.channels[id]
	if ch == nil {
		return nil, fmt.Errorf("no channel %s", id)
	}
	if !p.s.sees(p.ID, ch) {
		return nil, fmt.Errorf("%s cannot see %s", p.Username, ch.Name)
	}
	return ch, nil
}

// message finds a message that the person can see. The lock is held.
func (p *Person) message(channel, id string) (*channel, *Message, error) {
	ch, err := p.channel(channel)
	if err != nil {
		return nil, nil, err
	}
	m := ch.find(id)
	if m == nil || m.onlyFor != "" && m.onlyFor != p.ID {
		return nil, nil, fmt.Errorf("%s sees no message %s", p.Username, id)
	}
	return ch, m, nil
}

// Edit changes the text of one of the person's own messages.
func (p *Person) Edit(channel, id, text string) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch, m, err := p.message(channel, id)
	if err != nil {
		return err
	}
	if m.Author.ID != p.ID {
		return fmt.Errorf("the message is not %s's own", p.Username)
	}
	now := stamp(p.s.now())
	m.Content, m.EditedTimestamp, m.edits = text, &now, m.edits+1
	p.s.announce("MESSAGE_UPDATE", ch, m)
	return nil
}

// Delete takes back a message: the person's own, or any as a moderator.
func (p *Person) Delete(channel, id string) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch, m, err := p.message(channel, id)
	if err == nil {
		p.s.erase(ch, m)
	}
	return err
}

// React puts an emoji on a message.
func (p *Person) React(channel, id, emoji string) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch, m, err := p.message(channel, id)
	if err == nil {
		p.s.react(ch, m, p.ID, emoji)
	}
	return err
}

// Unreact takes an emoji off again.
func (p *Person) Unreact(channel, id, emoji string) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch, m, err := p.message(channel, id)
	if err == nil {
		p.s.unreact(ch, m, p.ID, emoji)
	}
	return err
}

// StartThread opens a public thread on a message, as people do themselves.
func (p *Person) StartThread(channel, id, name string) (string, error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch, m, err := p.message(channel, id)
	if err != nil {
		return "", err
	}
	th := p.s.newThread(ch, &threadDraft{Name: name}, m.ID, PublicThread)
	th.OwnerID = p.ID
	p.s.dispatch("THREAD_CREATE", th.Channel, p.s.audience(th, intentGuilds))
	return th.ID, nil
}

// Direct is the id of the person's direct channel with the bot.
func (p *Person) Direct() string {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.s.direct(p.ID).ID
}

// CanSee reports whether the person sees a channel or thread.
func (p *Person) CanSee(channel string) bool {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	_, err := p.channel(channel)
	return err == nil
}

// Sees lists what the person reads in a channel, oldest first: what everybody
// sees, and ephemeral messages for them alone.
func (p *Person) Sees(channel string) []Message {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch, err := p.channel(channel)
	if err != nil {
		return nil
	}
	var out []Message
	for _, m := range ch.messages {
		if m.onlyFor == "" || m.onlyFor == p.ID {
			out = append(out, m.copy())
		}
	}
	return out
}
