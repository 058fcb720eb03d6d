// Prints every day of 2024 to 2026 and whether it is worked, as a second independent package says it.
import chineseDays from "chinese-days";

const days = [];
for (let t = Date.UTC(2024, 0, 1); t < Date.UTC(2027, 0, 1); t += 86_400_000) {
  const day = new Date(t).toISOString().slice(0, 10);
  days.push([day, chineseDays.isWorkday(day)]);
}
console.log(JSON.stringify(days));
