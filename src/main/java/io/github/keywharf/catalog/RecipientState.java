package io.github.keywharf.catalog;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Recipient and its tokens in a catalog.
 *
 * @param recipient name, properties and addresses
 * @param tokens tokens that are valid or can be activated, oldest first; ended ones may be missing
 */
public record RecipientState(Recipient recipient, List<RecipientToken> tokens) {

    /** Sorts the tokens. */
    public RecipientState {
        tokens = tokens.stream()
                .sorted(Comparator.comparing(RecipientToken::created))
                .toList();
    }

    /** Returns the token that was issued last. */
    public Optional<RecipientToken> newestToken() {
        return tokens.isEmpty() ? Optional.empty() : Optional.of(tokens.get(tokens.size() - 1));
    }

    @Override
    public String toString() {
        return recipient + " " + tokens;
    }
}
