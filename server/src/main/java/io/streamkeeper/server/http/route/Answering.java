package io.streamkeeper.server.http.route;

import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.security.Principal;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Receives the answer to one request, once, from any thread: either an {@link Answer} or a refusal. */
public interface Answering extends Consumer<Answer> {
    /** Refuses the request, as a {@link io.streamkeeper.protocol.RefusedException} of the handler does. */
    void refuse(Refusal refusal);

    /** Who has sent the request; null if the server does not authenticate, or the path requires no right. */
    @Nullable
    Principal principal();
}
