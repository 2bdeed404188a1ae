package commands

import (
	"testing"

	"hotline/bot"
)

func TestPropose(t *testing.T) {
	tests := []struct {
		name, text string
		class      bot.Class
		sev        bot.Severity
	}{
		{"everybody, stopped", "production is down, nobody can log in", bot.Fault, 1},
		{"everybody, stopped, Chinese", "生产环境宕机,所有用户无法登录", bot.Fault, 1},
		{"several, stopped", "payments return 502 since 10:40", bot.Fault, 2},
		{"several, stopped, Chinese", "支付接口打不开", bot.Fault, 2},
		{"one, stopped", "my laptop is not working", bot.Fault, 3},
		{"one, stopped, Chinese", "我的电脑无法开机", bot.Fault, 3},
		{"everybody, impaired", "the whole site is slow", bot.Fault, 2},
		{"everybody, impaired, Chinese", "整个系统很慢", bot.Fault, 2},
		{"several, impaired", "reports are slow today", bot.Fault, 3},
		{"can wait", "there is a typo on the start page", bot.Fault, 4},
		{"can wait, Chinese", "首页有错别字", bot.Fault, 4},
		{"urgent but denied", "printer offline, not urgent", bot.Fault, 4},
		{"urgent but denied, Chinese", "打印机离线,不急", bot.Fault, 4},
		{"a question", "How do I export the report?", bot.Question, 4},
		{"a question, Chinese", "请问怎么导出报表?", bot.Question, 4},
		{"a question mark", "is there a newer version?", bot.Question, 3},
		{"a fault that asks", "the shop is down, can you look?", bot.Fault, 2},
		{"a complaint", "I want to complain, nobody answered for two days", bot.Complaint, 3},
		{"a complaint, Chinese", "投诉:一直没人处理", bot.Complaint, 3},
		{"planned", "please schedule a planned upgrade for Saturday", bot.Planned, 3},
		{"planned, Chinese", "预约下周六机房巡检", bot.Planned, 3},
		{"full width and mixed", "升级后 ＬＯＧＩＮ 报 502", bot.Fault, 2},
		{"curly apostrophe", "we can’t pay", bot.Fault, 2},
		{"no cue", "blue screen after update", bot.Fault, 3},
		{"nothing", "", bot.Fault, 3},
		{"cue inside a word", "the download page looks odd", bot.Fault, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			class, sev := Propose(tt.text)
			if class != tt.class || sev != tt.sev {
				t.Errorf("%q: %s severity %d, want %s severity %d", tt.text, class, sev, tt.class, tt.sev)
			}
		})
	}
}

func TestMatrix(t *testing.T) {
	for i := range matrix {
		for u := range matrix[i] {
			if matrix[i][u] < 1 || matrix[i][u] > 4 {
				t.Errorf("severity %d", matrix[i][u])
			}
			if u > 0 && matrix[i][u] < matrix[i][u-1] || i > 0 && matrix[i][u] < matrix[i-1][u] {
				t.Errorf("less impact or urgency is worse at %d, %d", i, u)
			}
		}
	}
}

func TestPleasant(t *testing.T) {
	for _, s := range []string{"hi", "Hello!", "good morning everyone", "thanks a lot", "Thank you very much!", "ok", "👍", "你好", "大家好!", "谢谢,辛苦了", "收到", "好的,谢谢", "在吗?", "ＯＫ", "..."} {
		if !pleasant(s) {
			t.Errorf("%q is taken for a report", s)
		}
	}
	for _, s := range []string{"help", "hello the shop is down", "你好,打印机坏了", "502", "no", "不好", "thanks but it still fails", "谢谢,但还是不行", "error 0x80070005", "not ok"} {
		if pleasant(s) {
			t.Errorf("%q is ignored", s)
		}
	}
}

func FuzzPropose(f *testing.F) {
	for _, s := range []string{"", "production is down", "宕机", "\xff", "?"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if class, sev := Propose(text); sev < 1 || sev > 4 || class == "" {
			t.Fatalf("%q: %s %d", text, class, sev)
		}
		pleasant(text)
	})
}
