/**
 * The core of the IETF draft "Resumable Uploads for HTTP", server and client: a file arrives in pieces, survives lost
 * connections and crashes of either side, and is handed over once, whole and checked.
 */
@NullMarked
package io.github.keywharf.http.upload;

import org.jspecify.annotations.NullMarked;
