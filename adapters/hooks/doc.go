// Package hooks is the door for machines: monitoring systems report alarms with
//
//	POST /hooks/<key>                 one alarm as JSON, see [Signal]
//	POST /hooks/<key>/alertmanager    the webhook format of Prometheus Alertmanager
//
// The key belongs to one service of the organisation and is a secret. A service
// with a signing secret also wants the header X-Hotline-Signature, see [Sign].
//
// A request is answered after its alarms are stored, with the numbers of their
// cases, so that an answer of 2xx can be relied upon. The same event id changes
// nothing a second time; the same dedup key joins the open case. Answers are 201
// for a new case and 200 for everything else that was taken; 400 and 422 say what
// is wrong with the request and need a person, 404 means that nobody has this key,
// 413 that the request is too large, 429 and 503 that it should be sent again.
package hooks
