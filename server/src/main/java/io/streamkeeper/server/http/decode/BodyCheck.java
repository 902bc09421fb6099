package io.streamkeeper.server.http.decode;

import io.streamkeeper.server.http.request.RequestHead;
import io.streamkeeper.server.limit.LimitRefusal;
import org.jspecify.annotations.Nullable;

/** Refuses a request before its body is stored. */
public interface BodyCheck {
    /** The refusal of a request whose body has not arrived; null if it may arrive. Changes nothing. */
    @Nullable
    LimitRefusal refusal(RequestHead head);
}
