package io.github.keywharf.dictionary;

import io.github.keywharf.dictionary.DictionaryHit.Where;
import io.github.keywharf.internal.Cut;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds the objects that contain all words of a search, in an attribute or in their path. */
final class DictionarySearch {
    private static final int EXCERPT = 160;

    private static final int WHOLE = 100;
    private static final int BEGINNING = 80;
    private static final int WORD = 60;
    private static final int INSIDE = 40;

    /** Percentages of the score of a match in a name. */
    private static final int TYPE_FACTOR = 30;

    private static final int TEXT_FACTOR = 20;
    private static final int PATH = 1;

    private static final Comparator<DictionaryHit> BEST_FIRST = Comparator.comparingInt(DictionaryHit::score)
            .reversed()
            .thenComparing(DictionaryHit::object)
            .thenComparing(DictionaryHit::path);

    private DictionarySearch() {}

    static List<DictionaryHit> in(List<DictionaryFact> facts, String words) {
        List<String> terms = List.of(words.strip().toLowerCase(Locale.ROOT).split("\\s+"));
        if (terms.get(0).isEmpty()) {
            return List.of();
        }
        List<DictionaryHit> hits = new ArrayList<>();
        for (DictionaryFact fact : facts) {
            if (fact.key().object() != DictionaryObject.GRANT) {
                hit(fact, terms).ifPresent(hits::add);
            }
        }
        hits.sort(BEST_FIRST);
        return List.copyOf(hits);
    }

    private static Optional<DictionaryHit> hit(DictionaryFact fact, List<String> terms) {
        int total = 0;
        int best = 0;
        Where where = Where.NAME;
        for (String term : terms) {
            int termScore = 0;
            for (Where candidate : Where.values()) {
                int score = score(text(fact, candidate), term) * factor(candidate) / 100;
                if (score > termScore) {
                    termScore = score;
                    if (score > best) {
                        best = score;
                        where = candidate;
                    }
                }
            }
            if (termScore == 0) {
                termScore = fact.key().path().toLowerCase(Locale.ROOT).contains(term) ? PATH : 0;
            }
            if (termScore == 0) {
                return Optional.empty();
            }
            total += termScore;
        }
        // An object that matches by its path only is part of another result.
        return best == 0
                ? Optional.empty()
                : Optional.of(new DictionaryHit(
                        fact.key().object(),
                        fact.key().path(),
                        where,
                        Cut.to(Texts.line(text(fact, where)), EXCERPT),
                        total));
    }

    private static String text(DictionaryFact fact, Where where) {
        return switch (where) {
            case NAME -> fact.name();
            case TYPE -> fact.attribute(DictionaryFact.TYPE);
            case COMMENT -> fact.attribute(DictionaryFact.COMMENT);
            case NOTE -> fact.attribute(DictionaryFact.NOTE);
        };
    }

    private static int factor(Where where) {
        return switch (where) {
            case NAME -> 100;
            case TYPE -> TYPE_FACTOR;
            case COMMENT, NOTE -> TEXT_FACTOR;
        };
    }

    private static int score(String text, String term) {
        String lower = text.toLowerCase(Locale.ROOT);
        int at = lower.indexOf(term);
        if (at < 0) {
            return 0;
        }
        if (lower.length() == term.length()) {
            return WHOLE;
        }
        if (at == 0) {
            return BEGINNING;
        }
        // Lower case can be longer than the text; then positions differ.
        boolean sameLength = lower.length() == text.length();
        for (int i = at; i >= 0; i = lower.indexOf(term, i + 1)) {
            boolean startsWord = !Character.isLetterOrDigit(lower.charAt(i - 1));
            boolean startsHump =
                    sameLength && Character.isUpperCase(text.charAt(i)) && Character.isLowerCase(text.charAt(i - 1));
            if (startsWord || startsHump) {
                return WORD;
            }
        }
        return INSIDE;
    }
}
