package io.github.keywharf.catalog;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A recipient as a catalog has it.
 *
 * @param recipient its name, properties and addresses
 * @param tokens the tokens that it may log in with or activate, oldest first; those that have ended may be missing
 */
public record RecipientState(Recipient recipient, List<RecipientToken> tokens) {

    /** Sorts the tokens. */
    public RecipientState {
        tokens = tokens.stream()
                .sorted(Comparator.comparing(RecipientToken::created))
                .toList();
    }

    /** The token that was issued last. */
    public Optional<RecipientToken> newestToken() {
        return tokens.isEmpty() ? Optional.empty() : Optional.of(tokens.get(tokens.size() - 1));
    }

    @Override
    public String toString() {
        return recipient + " " + tokens;
    }
}
