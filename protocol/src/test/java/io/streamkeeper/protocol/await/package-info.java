/** How long tests wait: {@link io.streamkeeper.protocol.await.Patience}. */
@NullMarked
package io.streamkeeper.protocol.await;

import org.jspecify.annotations.NullMarked;
