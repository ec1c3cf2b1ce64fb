/**
 * Delta Sharing, for a platform that shares tables with its tenants: {@link io.github.keywharf.sharing.DeltaSharingManager}
 * gives each tenant a share, a recipient and a profile, over any catalog. The tables may be served by {@link
 * io.github.keywharf.sharing.server.DeltaSharingServer}, are read by {@link
 * io.github.keywharf.sharing.client.DeltaSharingClient}, and are shown by what is in {@link
 * io.github.keywharf.sharing.usage}.
 */
@NullMarked
package io.github.keywharf.sharing;

import org.jspecify.annotations.NullMarked;
