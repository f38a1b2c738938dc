// Ways to type the same reading.
const FULL = "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";
const HALF = Array.from({ length: FULL.length }, (_, index) => String.fromCharCode(0xff66 + index));

export const toKatakana = (text) => text.normalize("NFKC").replace(/[ぁ-ゖ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) + 0x60));
export const toHiragana = (text) => text.normalize("NFKC").replace(/[ァ-ヶ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60));

// ガ becomes ｶﾞ: two characters, as an old terminal sends it.
export function toHalfWidth(text) {
  return [...toKatakana(text).normalize("NFD")]
    .map((kana) => {
      if (kana === "\u3099") return "ﾞ";
      if (kana === "\u309a") return "ﾟ";
      const index = FULL.indexOf(kana);
      return index < 0 ? kana : HALF[index];
    })
    .join("");
}
