// Every text of the page, in English and Korean.

const TEXTS = {
  en: {
    question: "Question", search: "Search", filters: "Filters", source: "Source",
    language: "Language", type: "Type", path: "Path", since: "From", until: "To", author: "Author",
    count: "Results", clear: "Clear", any: "any", token: "Token", save: "Save", forget: "Forget",
    cancel: "Cancel",
    token_about: "It decides what you may see. This tab keeps it until it is closed.",
    token_given: "Token ✓",
    keys: "/ question · j k next and previous result · Enter open · Esc back",
    welcome: "Ask in words, in English or Korean. Each answer shows where it stands.",
    working: "Searching …", none: "Nothing was found.",
    none_narrowed: "Nothing was found. The filters may be too narrow.",
    found: (n) => (n === 1 ? "1 passage" : `${n} passages`),
    without: (names) => `The index could not give: ${names}.`,
    narrowed: (n) => ` (${n})`,
    page: (n) => `page\u00a0${n}`, pages: (list) => `pages\u00a0${list}`,
    of_pages: (n, all) => (all ? `page ${n} of ${all}` : `page ${n}`),
    of_slides: (n, all) => (all ? `slide ${n} of ${all}` : `slide ${n}`),
    close: "Close", copy: "Copy citation", copied: "Copied", before_page: "Previous page",
    after_page: "Next page", before_slide: "Previous slide", after_slide: "Next slide",
    drawing: "Drawing …", picture_of: (n) => `Picture of page ${n}`,
    sketch_of: (n) => `Sketch of slide ${n}`,
    sketch_about: "A sketch made of the slide's texts: a presentation program shows it otherwise.",
    judge: "Answers the question",
    judge_about: "Keeps the passage as the answer to this question, to measure search by. Press again to take it back. Words that you select in its text first are kept with it.",
    judge_no_file: (key) => `To judge this passage, let ${key} name a file in doclake.yaml.`,
    keys_judge: " · a answers the question",
    box: "The passage stands here", in_place: "In the text", why: "Why this hit",
    why_unknown: "Opened by its address, so no question was compared with it.",
    document: "Document", versions: "Versions", chunks: "Chunks",
    chunks_shown: (n, all) => (n < all ? `${n} of ${all} chunks, those around this one.` : ""),
    table: "Table", version: "Version", recipe: "Recipe", rows: "Rows", gone: "an older one",
    score: "Score", scale: "What it is",
    scores: {
      score: "puts the passages of this answer in order, 0 to 1",
      vector: "likeness of meaning: cosine of the vectors",
      text: "words in common: BM25",
      late_interaction: "likeness word by word, scaled to this question",
      cross_encoder: "judged by the cross-encoder, scaled to this question",
      names: "exact names and numbers of the question that it holds",
    },
    flags: {
      stale: "may be out of date: the document has changed, or cannot be read now",
      outdated: "last changed longer ago than its source allows",
      thin: "much of this document could not be read",
      incomplete: "some passages of this document were refused",
      personal_data: "holds personal data",
      suspicious: "gives orders to a language model",
    },
    facts: {
      path: "Path", source: "Source", date: "Date", content_hash: "Version", media_type: "Type",
      status: "Status", stage: "Stage", error: "Error", message: "Message", mend: "What to do",
      attempts: "Failed attempts", pages: "Pages", pages_with_text: "Pages with text",
      elements: "Elements", excluded: "Elements kept out of chunks", letters: "Letters seen",
      element_letters: "Letters in elements", chunks: "Chunks", chunk_letters: "Letters in chunks",
      quarantined: "Chunks refused", vectors: "With vector", indexed: "In the index",
      personal_kinds: "Personal data",
      seconds: "Seconds of reading", updated_at: "Last handled", size: "Bytes",
      mtime: "Changed at its source", first_seen: "First listed", deleted_at: "Gone since",
      citation_id: "Citation id",
    },
    errors: {},
    offline: "The server does not answer.",
  },
  ko: {
    question: "질문", search: "검색", filters: "조건", source: "출처", language: "언어",
    type: "형식", path: "경로", since: "시작일", until: "종료일", author: "작성자", count: "결과 수",
    clear: "지우기", any: "전체", token: "토큰", save: "저장", forget: "삭제", cancel: "취소",
    token_about: "볼 수 있는 문서를 정합니다. 이 탭을 닫을 때까지만 보관합니다.",
    token_given: "토큰 ✓",
    keys: "/ 질문 · j k 다음·이전 결과 · Enter 열기 · Esc 돌아가기",
    welcome: "한국어나 영어로 질문하세요. 답마다 문서의 어디에 있는지 보여 줍니다.",
    working: "검색 중 …", none: "찾은 내용이 없습니다.",
    none_narrowed: "찾은 내용이 없습니다. 조건이 너무 좁을 수 있습니다.",
    found: (n) => `${n}개 구절`,
    without: (names) => `색인에 없어 쓰지 못한 것: ${names}.`,
    narrowed: (n) => ` (${n})`,
    page: (n) => `${n}쪽`, pages: (list) => `${list}쪽`,
    of_pages: (n, all) => (all ? `${all}쪽 중 ${n}쪽` : `${n}쪽`),
    of_slides: (n, all) => (all ? `슬라이드 ${all}장 중 ${n}번` : `슬라이드 ${n}번`),
    close: "닫기", copy: "인용 복사", copied: "복사함", before_page: "이전 쪽", after_page: "다음 쪽",
    before_slide: "이전 슬라이드", after_slide: "다음 슬라이드",
    drawing: "그리는 중 …", picture_of: (n) => `${n}쪽 그림`, sketch_of: (n) => `슬라이드 ${n}번 스케치`,
    sketch_about: "슬라이드의 글로만 그린 스케치입니다. 프로그램에서 보이는 슬라이드와 다릅니다.",
    judge: "질문의 답입니다",
    judge_about: "이 구절을 이 질문의 답으로 저장해 검색을 평가할 때 씁니다. 다시 누르면 취소합니다. 본문에서 먼저 고른 말은 함께 저장합니다.",
    judge_no_file: (key) => `이 구절을 평가하려면 doclake.yaml의 ${key}에 파일을 지정하세요.`,
    keys_judge: " · a 질문의 답",
    box: "구절이 있는 곳",
    in_place: "본문에서", why: "이 결과가 나온 이유",
    why_unknown: "주소로 열어서 비교한 질문이 없습니다.",
    document: "문서", versions: "버전", chunks: "조각",
    chunks_shown: (n, all) => (n < all ? `전체 ${all}개 가운데 주변 ${n}개.` : ""),
    table: "테이블", version: "버전", recipe: "레시피", rows: "행", gone: "이전 버전",
    score: "점수", scale: "뜻",
    scores: {
      score: "이 답의 순서를 정하는 값, 0에서 1",
      vector: "뜻이 비슷한 정도: 벡터의 코사인",
      text: "함께 나오는 낱말: BM25",
      late_interaction: "낱말끼리 비슷한 정도, 이 질문에 맞춘 값",
      cross_encoder: "교차 인코더의 판단, 이 질문에 맞춘 값",
      names: "질문의 이름과 번호 가운데 그대로 있는 것의 수",
    },
    flags: {
      stale: "오래된 내용일 수 있음: 문서가 바뀌었거나 지금 읽을 수 없음",
      outdated: "출처가 정한 기간보다 오래 고치지 않은 문서임",
      thin: "이 문서의 많은 부분을 읽지 못함",
      incomplete: "이 문서의 일부 구절이 거부됨",
      personal_data: "개인정보가 들어 있음",
      suspicious: "언어 모델에 내리는 지시가 들어 있음",
    },
    facts: {
      path: "경로", source: "출처", date: "날짜", content_hash: "버전", media_type: "형식",
      status: "상태", stage: "단계", error: "오류", message: "내용", mend: "할 일",
      attempts: "실패 횟수", pages: "쪽", pages_with_text: "글이 있는 쪽", elements: "요소",
      excluded: "조각에서 뺀 요소", letters: "원문 글자 수", element_letters: "요소의 글자 수",
      chunks: "조각", chunk_letters: "조각의 글자 수", quarantined: "거부된 조각",
      vectors: "벡터 있음", indexed: "색인됨", personal_kinds: "개인정보", seconds: "읽은 시간(초)",
      updated_at: "마지막 처리", size: "바이트", mtime: "출처에서 바뀐 때",
      first_seen: "처음 나타난 때", deleted_at: "사라진 때", citation_id: "인용 번호",
    },
    errors: {
      question_empty: "질문이 비어 있습니다. 말로 물어보세요.",
      filter_invalid: "조건이 잘못되었습니다.",
      settings_invalid: "그런 출처가 없습니다.",
      token_unknown: "이 토큰으로는 아무것도 열 수 없습니다. 다른 토큰을 넣으세요.",
      forbidden: "서버가 이 요청을 허락하지 않습니다.",
      passage_gone: "구절이 바뀌었거나 사라졌거나 볼 권한이 없습니다. 다시 검색하세요.",
      document_changed: "색인한 뒤 문서가 바뀌어 쪽 그림을 보여 줄 수 없습니다. 다음 실행 뒤에 다시 검색하세요.",
      page_not_shown: "이 쪽의 그림을 보여 줄 수 없습니다.",
      judgement_refused: "평가 질문 파일에 저장할 수 없습니다.",
      too_many_requests: "요청이 너무 많습니다. 잠시 뒤에 다시 하세요.",
      server_busy: "서버가 바쁩니다. 잠시 뒤에 다시 하세요.",
      index_state: "아직 색인이 없습니다.",
      internal_error: "서버가 지금 답할 수 없습니다.",
    },
    offline: "서버가 응답하지 않습니다.",
  },
};

const KEPT = "doclake.language";
let current = localStorage.getItem(KEPT) ?? preferred();

function preferred() {
  const known = navigator.languages.map((name) => name.slice(0, 2)).find((name) => name in TEXTS);
  return known ?? "en";
}

export const language = () => current;

export function switchLanguage() {
  current = current === "en" ? "ko" : "en";
  localStorage.setItem(KEPT, current);
}

export const text = (name, ...values) => {
  const found = TEXTS[current][name];
  return typeof found === "function" ? found(...values) : found;
};

// What the server says of an error, in the language of the page where it has words for it.
export function failure(error) {
  if (!error.code) return text("offline");
  const details = (error.problems ?? []).map(([key, , expected]) => `${key}: ${expected}`);
  const known = TEXTS[current].errors[error.code];
  return known ? [known, ...details].join(" ") : [error.message, error.mend].filter(Boolean).join(" ");
}
