package notify

import (
	"encoding/xml"
	"regexp"

	"hotline/bot/say"
)

// The verbs of TwiML, the XML in which Twilio is told what to do, as far as they
// are used here.
type (
	twimlResponse struct {
		XMLName xml.Name      `xml:"Response"`
		Gather  *twimlGather  `xml:"Gather,omitempty"`
		Say     []twimlSay    `xml:"Say,omitempty"`
		Message *twimlMessage `xml:"Message,omitempty"`
	}
	twimlGather struct {
		Digits  int        `xml:"numDigits,attr"`
		Action  string     `xml:"action,attr"`
		Method  string     `xml:"method,attr"`
		Timeout int        `xml:"timeout,attr"`
		Say     []twimlSay `xml:"Say"`
	}
	twimlSay struct {
		Lang string `xml:"language,attr"`
		Text string `xml:",chardata"`
	}
	twimlMessage struct {
		Text string `xml:",chardata"`
	}
)

func voiceOf(lang string) string {
	if say.IsChinese(lang) {
		return "zh-CN"
	}
	return "en-GB"
}

// digitRuns are numbers, which are read digit by digit: nobody writes down "ten
// thousand four hundred and twenty-seven".
var digitRuns = regexp.MustCompile(`\d{3,}`)

// spoken makes the TwiML of a call: the text twice, waiting for a key when there
// is an address that takes it.
func spoken(text, lang, keys string) (string, error) {
	text = digitRuns.ReplaceAllStringFunc(text, func(s string) string {
		out := ""
		for i, r := range s {
			if i > 0 {
				out += " "
			}
			out += string(r)
		}
		return out
	})
	voice := voiceOf(lang)
	said := []twimlSay{{voice, text}}
	r := twimlResponse{}
	if keys == "" {
		r.Say = append(said, said...)
	} else {
		press := twimlSay{voice, sayPress.In(lang)}
		r.Gather = &twimlGather{
			Digits: 1, Action: keys, Method: "POST", Timeout: 10,
			Say: []twimlSay{said[0], press, said[0], press},
		}
		r.Say = []twimlSay{{voice, sayNoKey.In(lang)}}
	}
	b, err := xml.Marshal(r)
	return xml.Header + string(b), err
}
