package bot

import (
	"hotline/bot/chat"
	"time"
)

func (d *decision) clockTimers()                                              {}
func (d *decision) tickClock(t Timer)                                         {}
func (w World) ResponseDue(c *Case) (time.Time, bool)                         { return time.Time{}, false }
func (w World) NextClock(c *Case) (name, kind string, due time.Time, ok bool) { return }
func clockName(name, lang string) string                                      { return name }
func (r *renderer) clock() (c chat.Content)                                   { return }
