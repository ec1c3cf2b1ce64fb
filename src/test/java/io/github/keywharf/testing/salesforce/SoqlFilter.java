package io.github.keywharf.testing.salesforce;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns conditions into predicates; what the types of fields do not allow is refused before any row is read. */
final class SoqlFilter {
    private final FakeOrg org;
    private final FakeObject object;

    SoqlFilter(FakeOrg org, FakeObject object) {
        this.org = org;
        this.object = object;
    }

    Predicate<FakeRecord> of(Soql.Condition condition) {
        if (condition instanceof Soql.All all) {
            List<Predicate<FakeRecord>> parts =
                    all.parts().stream().map(this::of).toList();
            return row -> parts.stream().allMatch(part -> part.test(row));
        }
        if (condition instanceof Soql.Any any) {
            List<Predicate<FakeRecord>> parts =
                    any.parts().stream().map(this::of).toList();
            return row -> parts.stream().anyMatch(part -> part.test(row));
        }
        if (condition instanceof Soql.Not not) {
            return of(not.part()).negate();
        }
        if (condition instanceof Soql.In in) {
            SoqlColumn column = column(in.path());
            List<Predicate<FakeRecord>> equal = in.literals().stream()
                    .map(literal -> compare(column, "=", literal))
                    .toList();
            return row -> equal.stream().anyMatch(each -> each.test(row)) != in.negated();
        }
        Soql.Compare compare = (Soql.Compare) condition;
        return compare(column(compare.path()), compare.operator(), compare.literal());
    }

    private SoqlColumn column(String path) {
        SoqlColumn column = SoqlColumn.of(org, object, path);
        FakeField field = column.field();
        if (field.isCompound() || field.type().equals("base64") || field.length() > 4_000) {
            throw new Refusal(
                    400,
                    "INVALID_FIELD",
                    "field '" + field.name() + "' can not be filtered in a query call",
                    field.name());
        }
        return column;
    }

    private Predicate<FakeRecord> compare(SoqlColumn column, String operator, Soql.Literal literal) {
        FakeField field = column.field();
        if (operator.equals("LIKE")) {
            if (!field.isText() || !literal.kind().equals("string")) {
                throw invalid(field, "operator LIKE needs text");
            }
            Pattern pattern = like(literal.text());
            return row -> {
                Object value = column.value(org, row);
                return value != null && pattern.matcher(value.toString()).matches();
            };
        }
        Object wanted = value(field, literal);
        return row -> {
            Object value = column.value(org, row);
            if (value == null || wanted == null) {
                return (value == wanted) == operator.equals("=") && (operator.equals("=") || operator.equals("!="));
            }
            int order = order(value, wanted);
            return switch (operator) {
                case "=" -> order == 0;
                case "!=" -> order != 0;
                case "<" -> order < 0;
                case ">" -> order > 0;
                case "<=" -> order <= 0;
                default -> order >= 0;
            };
        };
    }

    /** Text is compared without case, as in fields that are not case-sensitive; ids with it. */
    static int order(Object one, Object other) {
        if (one instanceof Number a && other instanceof Number b) {
            return new BigDecimal(a.toString()).compareTo(new BigDecimal(b.toString()));
        }
        if (one instanceof Boolean a && other instanceof Boolean b) {
            return a.compareTo(b);
        }
        if (one instanceof Instant a && other instanceof Instant b) {
            return a.compareTo(b);
        }
        if (one instanceof LocalDate a && other instanceof LocalDate b) {
            return a.compareTo(b);
        }
        if (one instanceof LocalTime a && other instanceof LocalTime b) {
            return a.compareTo(b);
        }
        return one.toString().compareToIgnoreCase(other.toString());
    }

    private @Nullable Object value(FakeField field, Soql.Literal literal) {
        String text = literal.text();
        if (literal.kind().equals("null")) {
            return null;
        }
        if (field.isText()) {
            if (!literal.kind().equals("string")) {
                throw invalid(
                        field,
                        "value of filter criterion for field '" + field.name()
                                + "' must be of type string and should be" + " enclosed in quotes");
            }
            String unescaped = unescaped(text, false);
            boolean id = field.type().equals("id") || field.type().equals("reference");
            if (id && !SalesforceIds.isId(unescaped) && !unescaped.isEmpty()) {
                throw new Refusal(400, "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: " + unescaped, field.name());
            }
            return unescaped.isEmpty() ? null : id ? SalesforceIds.normal(unescaped) : unescaped;
        }
        String kind = switch (field.type()) {
            case "boolean", "date", "datetime", "time" -> field.type();
            default -> "number";
        };
        boolean named = literal.kind().equals("named") && (kind.equals("date") || kind.equals("datetime"));
        if (!literal.kind().equals(kind) && !named) {
            throw invalid(
                    field,
                    "value of filter criterion for field '" + field.name() + "' must be of type " + field.type()
                            + " and should not be enclosed in quotes");
        }
        try {
            return switch (kind) {
                case "boolean" -> Boolean.valueOf(text);
                case "date" -> named ? day(text) : LocalDate.parse(text);
                case "datetime" ->
                    named ? day(text).atStartOfDay(ZoneOffset.UTC).toInstant() : instant(text);
                case "time" -> LocalTime.parse(text.replace("Z", ""));
                default -> new BigDecimal(text);
            };
        } catch (DateTimeException e) {
            throw Refusal.malformedQuery("line 1: '" + text + "' is not a valid " + kind);
        }
    }

    private static Instant instant(String text) {
        String offset = text.replaceFirst("([+-][0-9]{2})([0-9]{2})$", "$1:$2");
        return OffsetDateTime.parse(offset, DateTimeFormatter.ISO_OFFSET_DATE_TIME)
                .toInstant();
    }

    private LocalDate day(String named) {
        LocalDate today = LocalDate.ofInstant(org.now(), ZoneOffset.UTC);
        int colon = named.indexOf(':');
        int days = colon < 0 ? 1 : Integer.parseInt(named.substring(colon + 1));
        if (named.equals("TODAY")) {
            return today;
        }
        return named.equals("TOMORROW") || named.startsWith("NEXT") ? today.plusDays(days) : today.minusDays(days);
    }

    private static Refusal invalid(FakeField field, String message) {
        return new Refusal(400, "INVALID_FIELD", message, field.name());
    }

    /** The pattern of LIKE: % and _ unless a backslash is before them. */
    private static Pattern like(String text) {
        unescaped(text, true);
        StringBuilder pattern = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                pattern.append(".*");
            } else if (c == '_') {
                pattern.append('.');
            } else if (c == '\\') {
                int length = text.charAt(i + 1) == 'u' ? 6 : 2;
                String escape = text.substring(i, i + length);
                pattern.append(Pattern.quote(
                        escape.equals("\\%") || escape.equals("\\_") ? escape.substring(1) : unescaped(escape, true)));
                i += length - 1;
            } else {
                // Half of a surrogate pair is not quoted, as it would not match as a part of the pair.
                pattern.append(Character.isSurrogate(c) ? String.valueOf(c) : Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(pattern.toString(), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.DOTALL);
    }

    /** Any other escape is an error (SOQL and SOSL Reference, "Quoted String Escape Sequences"). */
    static String unescaped(String text, boolean like) {
        StringBuilder plain = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i++);
            if (c != '\\') {
                plain.append(c);
                continue;
            }
            char escape = i < text.length() ? text.charAt(i++) : ' ';
            switch (escape) {
                case 'n', 'N' -> plain.append('\n');
                case 'r', 'R' -> plain.append('\r');
                case 't', 'T' -> plain.append('\t');
                case 'b', 'B' -> plain.append('\b');
                case 'f', 'F' -> plain.append('\f');
                case '"', '\'', '\\' -> plain.append(escape);
                case '_', '%' -> {
                    if (!like) {
                        throw invalidEscape(escape);
                    }
                    plain.append('\\').append(escape);
                }
                case 'u', 'U' -> {
                    String hex = i + 4 <= text.length() ? text.substring(i, i + 4) : "";
                    if (!hex.matches("[0-9A-Fa-f]{4}")) {
                        throw invalidEscape(escape);
                    }
                    plain.append((char) Integer.parseInt(hex, 16));
                    i += 4;
                }
                default -> throw invalidEscape(escape);
            }
        }
        return plain.toString();
    }

    private static Refusal invalidEscape(char escape) {
        return Refusal.malformedQuery(
                String.format(Locale.ROOT, "Illegal escape sequence in string literal: '\\%s'", escape));
    }
}
