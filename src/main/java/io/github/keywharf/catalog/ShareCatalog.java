package io.github.keywharf.catalog;

import io.github.keywharf.KeywharfException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Catalog of shares, tables and recipients: Unity Catalog of Databricks, or a sharing server of the host.
 *
 * <p>Thread-safe. Every call except {@link #activate} and {@link #rotate} is idempotent and can be repeated if its outcome is
 * unknown: {@code ensure} changes only differences, and {@code remove} accepts that nothing is there. Names are compared
 * without regard to case. Lists are complete and sorted by name.
 *
 * <p>All methods throw {@code catalog.unavailable} if the catalog cannot be reached or does not answer in time, {@code
 * catalog.refused} if it does not allow the call or a quota is exhausted, and {@code catalog.bad_answer} if its answer
 * cannot be read. After the first and the last of these the change may have been made.
 */
public interface ShareCatalog {

    /**
     * Creates a share, or changes the one of that name to exactly these tables: others are removed, and those that differ are
     * changed.
     *
     * @return the share after the call
     * @throws KeywharfException with code {@code catalog.not_found} if a table's source does not exist; with {@code
     *     catalog.conflict} after a concurrent change of the share
     */
    Share ensureShare(Share share);

    /** Returns the share of that name, if there is one. */
    Optional<Share> findShare(String name);

    /** Lists the shares that the caller may see. */
    List<Share> shares();

    /** Removes a share and its grants. */
    void removeShare(String name);

    /**
     * Creates a recipient with a token that awaits activation, or sets the properties and addresses of the one of that name. Its
     * tokens are not changed; the validity applies to later ones, if the catalog supports that.
     *
     * @return the recipient after the call
     * @throws KeywharfException with code {@code catalog.conflict} after a concurrent change of the recipient, or if the
     *     recipient of that name logs in without a token
     */
    RecipientState ensureRecipient(Recipient recipient);

    /** Returns the recipient of that name, if there is one. */
    Optional<RecipientState> findRecipient(String name);

    /** Lists the recipients that the caller may see. */
    List<RecipientState> recipients();

    /** Removes a recipient with its grants, and ends its tokens immediately. */
    void removeRecipient(String name);

    /**
     * Grants a share to a recipient.
     *
     * @throws KeywharfException with code {@code catalog.not_found} if there is no such share or recipient
     */
    void ensureGrant(String share, String recipient);

    /** Revokes the grant of a share to a recipient. */
    void removeGrant(String share, String recipient);

    /**
     * Lists the names of the shares that a recipient may read; none if there is no such recipient.
     *
     * @return names in the spelling of {@link #shares}
     */
    Set<String> grants(String recipient);

    /**
     * Hands out the profile of the recipient's newest token, once.
     *
     * @return the profile, or empty if it was handed out before, perhaps to a caller that never received it; then {@link #rotate}
     *     returns another
     * @throws KeywharfException with code {@code catalog.not_found} if there is no such recipient
     */
    Optional<ShareProfile> activate(String recipient);

    /**
     * Issues a token that replaces the present one, and hands out its profile. If the answer is lost, {@link #activate} may
     * return the profile, or else another rotation.
     *
     * @param grace time for which the present token stays valid, from zero, in whole seconds; its own end is not postponed
     * @throws KeywharfException with code {@code catalog.not_found} if there is no such recipient; with {@code
     *     catalog.conflict} if the catalog allows no further token before an earlier one has ended
     */
    ShareProfile rotate(String recipient, Duration grace);
}
