package io.streamkeeper.server.forward;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;

/** Receives the response to one request that was sent to the leader, on the loop of the request. */
public interface LeaderResponse {
    /** Why there is no whole response. */
    enum Failure {
        /** The leader has received nothing of the request. */
        NOT_SENT,
        /** The leader may have executed the request; there was no response. */
        NO_RESPONSE,
        /** The response was cut off after its head. */
        CUT_OFF
    }

    /** The response begins. */
    void head(int status, HttpHeaders fields);

    /** The next bytes of its body, owned by the receiver; more follow after {@link LeaderExchange#readMore}. */
    void content(ByteBuf bytes);

    /** The response is complete. The last call. */
    void complete();

    /** There is no whole response. The last call. */
    void failed(Failure failure);
}
