package io.github.keywharf.catalog;

import io.github.keywharf.KeywharfException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A place that hands out shares of tables to recipients: Unity Catalog of Databricks, or a server of the host's own.
 *
 * <p>Thread-safe. Each call but {@link #activate} and {@link #rotate} may be repeated, so one whose outcome is not known is
 * called again: {@code ensure} leaves what is there already as it is wanted, and {@code remove} does not mind when there is
 * nothing. Names are compared without regard to case. Lists are whole, in the order of names.
 *
 * <p>All methods throw {@code catalog.unavailable} when the place cannot be reached or does not answer in time, {@code
 * catalog.refused} when it does not allow the call or a quota is spent, and {@code catalog.bad_answer} when its answer
 * cannot be read. After the first and the last of these the change may have been made.
 */
public interface ShareCatalog {

    /**
     * Makes a share, or gives the one of that name exactly these tables: others are taken out, and those that differ are changed.
     *
     * @return the share as it is now
     * @throws KeywharfException with code {@code catalog.not_found} when a table's source does not exist; with {@code
     *     catalog.conflict} when another changes the share at the same time
     */
    Share ensureShare(Share share);

    /** The share of that name. */
    Optional<Share> findShare(String name);

    /** All shares that this caller may see. */
    List<Share> shares();

    /** Removes a share and its grants. */
    void removeShare(String name);

    /**
     * Makes a recipient with a token that awaits activation, or gives the one of that name these properties and addresses. Its
     * tokens stay as they are; the validity counts for those that are issued from now on, where the catalog can do that.
     *
     * @return the recipient as it is now
     * @throws KeywharfException with code {@code catalog.conflict} when another changes the recipient at the same time, or when
     *     there is a recipient of that name that logs in without a token
     */
    RecipientState ensureRecipient(Recipient recipient);

    /** The recipient of that name. */
    Optional<RecipientState> findRecipient(String name);

    /** All recipients that this caller may see. */
    List<RecipientState> recipients();

    /** Removes a recipient with its grants, and ends its tokens immediately. */
    void removeRecipient(String name);

    /**
     * Lets a recipient read a share.
     *
     * @throws KeywharfException with code {@code catalog.not_found} when there is no such share or recipient
     */
    void ensureGrant(String share, String recipient);

    /** Takes a share from a recipient. */
    void removeGrant(String share, String recipient);

    /**
     * The names of the shares that a recipient may read; none for a recipient that is not there.
     *
     * @return names in the spelling of {@link #shares}
     */
    Set<String> grants(String recipient);

    /**
     * Hands out the profile of the recipient's newest token, once.
     *
     * @return the profile, or empty when it was handed out before, perhaps to a caller that never received it; then {@link
     *     #rotate} gives one
     * @throws KeywharfException with code {@code catalog.not_found} when there is no such recipient
     */
    Optional<ShareProfile> activate(String recipient);

    /**
     * Issues a token in place of the present one, and hands out its profile. Where the answer is lost, {@link #activate}
     * may give it, and otherwise another rotation.
     *
     * @param grace how long the present token works on, from zero, in whole seconds; never longer than it would have
     * @throws KeywharfException with code {@code catalog.not_found} when there is no such recipient; with {@code
     *     catalog.conflict} when the catalog allows no other token before an earlier one has ended
     */
    ShareProfile rotate(String recipient, Duration grace);
}
