package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.metadata.TokenMap;
import com.datastax.oss.driver.api.core.metadata.token.Token;
import com.datastax.oss.driver.api.core.metadata.token.TokenRange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A piece of the token ring that does not wrap around.
 *
 * @param after the token before the first, or null for the ring's beginning
 * @param upTo the last token, or null for the ring's end
 */
record TokenSpan(@Nullable Token after, @Nullable Token upTo) {

    /** The whole ring. */
    static final TokenSpan RING = new TokenSpan(null, null);

    /**
     * The ring in at least so many pieces as far as its tokens allow, in the order of the tokens. Pieces do not cross
     * the borders between nodes. Where the driver knows no complete ring, such as in Amazon Keyspaces, it is one piece.
     */
    static List<TokenSpan> ring(@Nullable TokenMap tokens, int atLeast) {
        if (tokens == null || tokens.getTokenRanges().isEmpty()) {
            return List.of(RING);
        }
        List<TokenRange> owned = new ArrayList<>();
        tokens.getTokenRanges().forEach(range -> owned.addAll(range.unwrap()));
        int each = (atLeast + owned.size() - 1) / owned.size();
        List<TokenRange> pieces = new ArrayList<>();
        for (TokenRange range : owned) {
            for (TokenRange piece : each > 1 ? range.splitEvenly(each) : List.of(range)) {
                if (!piece.isEmpty()) {
                    pieces.add(piece);
                }
            }
        }
        pieces.sort((a, b) -> a.getStart().compareTo(b.getStart()));
        return isComplete(pieces) ? spans(pieces) : List.of(RING);
    }

    /** A ring that is being rebuilt may have holes, which would leave rows out. */
    private static boolean isComplete(List<TokenRange> pieces) {
        for (int i = 0; i < pieces.size(); i++) {
            TokenRange next = pieces.get((i + 1) % pieces.size());
            if (!pieces.get(i).getEnd().equals(next.getStart())) {
                return false;
            }
        }
        return true;
    }

    private static List<TokenSpan> spans(List<TokenRange> pieces) {
        List<TokenSpan> spans = new ArrayList<>(pieces.size());
        for (int i = 0; i < pieces.size(); i++) {
            spans.add(new TokenSpan(
                    i == 0 ? null : pieces.get(i).getStart(),
                    i == pieces.size() - 1 ? null : pieces.get(i).getEnd()));
        }
        return spans;
    }

    /** Both bounds as text, {@code *} for an open one. */
    List<String> format(@Nullable TokenMap tokens) {
        return List.of(format(tokens, after), format(tokens, upTo));
    }

    private static String format(@Nullable TokenMap tokens, @Nullable Token token) {
        return token == null || tokens == null ? "*" : tokens.format(token);
    }

    /**
     * What {@link #format} wrote.
     *
     * @throws IllegalArgumentException when it is not a token of this ring's partitioner
     */
    static TokenSpan parse(@Nullable TokenMap tokens, String after, String upTo) {
        return new TokenSpan(parse(tokens, after), parse(tokens, upTo));
    }

    private static @Nullable Token parse(@Nullable TokenMap tokens, String text) {
        if (text.equals("*")) {
            return null;
        }
        if (tokens == null) {
            throw new IllegalArgumentException("The driver knows no tokens, so '" + text + "' cannot be read");
        }
        return tokens.parse(text);
    }
}
