package io.streamkeeper.server.http.request;

import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.limit.LimitRefusal;
import org.jspecify.annotations.Nullable;

/**
 * Decides about a request whose body has not arrived, so that no memory is used for the body of one that is refused. The
 * decision does not depend on the version of HTTP.
 */
public interface BodyCheck {
    /**
     * What happens to the body.
     *
     * @param isLater whether that is not known yet
     * @param refusal why the request is refused, if it is
     * @param limited the refusal, if a limit is its reason
     */
    record Verdict(
            boolean isLater,
            @Nullable Refusal refusal,
            @Nullable LimitRefusal limited) {
        /** The body may arrive. */
        public static final Verdict ARRIVES = new Verdict(false, null, null);

        /** It is not known yet: nothing of the body is read until then. */
        public static final Verdict LATER = new Verdict(true, null, null);

        /** The request is refused. */
        public static Verdict refused(Refusal refusal) {
            return new Verdict(false, refusal, null);
        }

        /** The request is refused if a limit is exceeded. */
        public static Verdict of(@Nullable LimitRefusal limited) {
            return limited == null ? ARRIVES : new Verdict(false, null, limited);
        }

        /** Whether the request is refused. */
        public boolean isRefusal() {
            return refusal != null || limited != null;
        }
    }

    /**
     * Decides.
     *
     * @param decided runs on the loop of the connection after {@link Verdict#LATER}, when another call returns more
     */
    Verdict check(RequestHead head, Runnable decided);

    /** The longest body that the request may have, in bytes, if it may have any; a longer one is refused. */
    default int bodyBytesMax(RequestHead head) {
        return Integer.MAX_VALUE;
    }
}
