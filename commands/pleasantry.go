package commands

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// pleasantEN are the words that greetings and thanks are made of, between spaces. A
// message of nothing else is no report.
const pleasantEN = " hi hello hey hiya greetings good morning afternoon evening night day all team everyone everybody guys folks there " +
	"thanks thank you thx ty tks cheers much appreciated very so a lot many great perfect awesome nice ok okay k cool got it noted understood will do " +
	"sure welcome np yw bye goodbye see later have nice weekend please ping yes yep lol haha "

// pleasantZH are whole phrases; longer ones come first.
var pleasantZH = []string{
	"大家早上好", "大家下午好", "大家晚上好", "非常感谢", "多谢大家", "谢谢大家", "谢谢老师", "感谢支持", "辛苦大家", "早上好", "上午好", "中午好", "下午好", "晚上好",
	"大家好", "各位好", "老师好", "你们好", "您好", "你好", "哈喽", "哈啰", "嗨", "多谢", "谢谢", "谢了", "感谢", "辛苦了", "辛苦", "收到", "好的", "好滴", "明白", "了解", "知道了",
	"没问题", "不客气", "麻烦了", "在吗", "在么", "有人吗", "再见", "拜拜", "早安", "晚安", "早", "嗯嗯", "嗯", "哦", "好", "谢", "啊", "呀", "哈", "了", "您", "大家", "各位",
}

// pleasant reports whether a text is only a greeting or thanks. It must be short:
// whoever writes more wants something.
func pleasant(text string) bool {
	if len(text) > 120 {
		return false
	}
	text = strings.ToLower(width.Fold.String(text))
	fields := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' })
	if len(fields) == 0 {
		return true // only signs or emoji
	}
	if len(fields) > 8 {
		return false
	}
	for _, f := range fields {
		if !strings.Contains(pleasantEN, " "+f+" ") && !pleasantChinese(f) {
			return false
		}
	}
	return true
}

// pleasantChinese reports whether a run of characters is made of pleasantries only.
func pleasantChinese(s string) bool {
	for s != "" {
		rest := s
		for _, p := range pleasantZH {
			if r, ok := strings.CutPrefix(s, p); ok {
				rest = r
				break
			}
		}
		if rest == s {
			return false
		}
		s = rest
	}
	return true
}
