/**
 * JSON that the server and its commands read: {@link io.streamkeeper.server.json.UnlimitedJson}, a parser without limits of
 * its own.
 *
 * <p>Used by any thread.
 */
@NullMarked
package io.streamkeeper.server.json;

import org.jspecify.annotations.NullMarked;
