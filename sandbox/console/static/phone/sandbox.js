// Calls to WhatsApp's stand-in (sandbox/whatsapp/people.py and watch.py).

export const SIM = "/graph/_sim";

/** The answer's JSON, or an Error with one sentence for people. A body is sent as JSON, a file as it is. */
export const call = async (path, body, method = body === undefined ? "GET" : "POST") => {
  const file = body instanceof Blob;
  let answer;
  try {
    answer = await fetch(`${SIM}/${path}`, {
      method,
      body: file ? body : JSON.stringify(body),
      headers: { "content-type": file ? body.type : "application/json" },
      cache: "no-store",
    });
  } catch {
    throw new Error("The sandbox does not answer; is it still running?");
  }
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(told.error ?? `The sandbox answered ${answer.status}.`), { status: answer.status });
  return told;
};

export const onPhone = (number, what, query = "") => `phones/${encodeURIComponent(number)}/${what}${query}`;

/** 0771 111 111, as people read a number of Zimbabwe; others as they are. */
export const local = (number) => number.replace(/^\+263(\d{3})(\d{3})(\d{3})$/, "0$1 $2 $3");
