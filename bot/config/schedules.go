package config

import (
	"cmp"
	"fmt"
	"time"

	"hotline/bot/oncall"
)

// rotations are the units of a rotation.
var rotations = []string{string(oncall.Hourly), string(oncall.Daily), string(oncall.Weekly), string(oncall.Monthly)}

func (b *builder) buildSchedules() {
	for i := range b.file.Schedules {
		f := &b.file.Schedules[i]
		path := at("schedules", i)
		s := oncall.Schedule{ID: f.ID, Name: cmp.Or(f.Name, f.ID), Zone: f.Zone.loc}
		if s.Zone == nil {
			s.Zone = b.file.Zone.loc
		}
		if len(f.Layers) == 0 {
			b.add(path, "a schedule needs at least one layer", "add layers: with people who take turns")
		}
		before := len(b.problems)
		names := map[string]bool{}
		for j := range f.Layers {
			p := at(join(path, "layers"), j)
			l := b.layer(p, &f.Layers[j], j)
			if names[l.Name] {
				b.add(join(p, "name"), fmt.Sprintf("two layers are called %q", l.Name), "rename one of them")
			}
			names[l.Name] = true
			s.Layers = append(s.Layers, l)
		}
		if err := s.Validate(); err != nil && len(b.problems) == before {
			b.add(path, err.Error(), "")
		}
		b.org.Schedules = append(b.org.Schedules, s)
		b.ref(join(path, "holidays"), "calendar", f.Holidays)
		for _, d := range b.calendars[f.Holidays].DaysOff() {
			b.org.Holidays[s.ID] = append(b.org.Holidays[s.ID], oncall.Wall{Year: d.Year, Month: d.Month, Day: d.Day})
		}
	}
}

func (b *builder) layer(path string, f *layerFile, i int) oncall.Layer {
	l := oncall.Layer{Name: cmp.Or(f.Name, fmt.Sprintf("layer %d", i+1)), Zone: f.Zone.loc, From: f.From.Wall, Until: f.Until.Wall}
	l.Rotation = oncall.Rotation{
		Unit: oncall.Unit(cmp.Or(f.Rotation, string(oncall.Weekly))), Every: 1, Start: f.Start.Wall, Participants: f.People,
	}
	b.oneOf(join(path, "rotation"), string(l.Rotation.Unit), rotations)
	if f.Every != nil {
		l.Rotation.Every = *f.Every
		if *f.Every < 1 || *f.Every > 10000 {
			b.add(join(path, "every"), fmt.Sprintf("%d is no length of a turn", *f.Every), "use 1 to 10000")
		}
	}
	if f.Start.IsZero() {
		b.add(join(path, "start"), "a layer needs the time of its first hand-over", "such as start: \"2026-01-05 09:00\"")
	}
	if len(f.People) == 0 {
		b.add(join(path, "people"), "a layer needs people who take turns", meant("", b.known("person")))
	}
	b.staff(join(path, "people"), f.People)
	for j, w := range f.Hours {
		p := at(join(path, "hours"), j)
		if !w.From.set || !w.To.set {
			b.add(p, "hours need from and to", "such as {days: [mon, tue, wed, thu, fri], from: \"09:00\", to: \"18:00\"}")
		}
		win := oncall.Window{From: w.From.TimeOfDay, To: w.To.TimeOfDay}
		for _, d := range w.Days {
			win.Days = append(win.Days, time.Weekday(d))
		}
		l.Windows = append(l.Windows, win)
	}
	return l
}

// staff checks references to people who are paged: they must be responders, not
// contacts of a customer.
func (b *builder) staff(path string, people []string) {
	b.refs(path, "person", people)
	for i, id := range people {
		for _, p := range b.file.People {
			if p.ID == id && (p.Role == "customer" || p.Customer != "") {
				b.add(at(path, i), fmt.Sprintf("%q is a contact of a customer and cannot be on call", id), "name a responder")
			}
		}
	}
}
