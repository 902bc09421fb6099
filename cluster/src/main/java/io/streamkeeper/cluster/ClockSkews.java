package io.streamkeeper.cluster;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clocks of the other members, against that of this one: reported when they differ by too much, and when they do not
 * any more. One thread measures; any thread reads.
 */
final class ClockSkews {
    private static final Logger LOG = LoggerFactory.getLogger(ClockSkews.class);

    private final Map<String, ClockSkew> known = new ConcurrentHashMap<>();

    /** The members whose clocks were reported. Owned by the thread that measures. */
    private final Set<String> reported = new HashSet<>();

    /**
     * A member has answered with its time.
     *
     * @param sentMillis the own time when the request was sent
     * @param roundTripNanos how long the answer took
     * @param answeredMillis its time
     */
    void measured(String member, long sentMillis, long roundTripNanos, long answeredMillis) {
        long roundTripMillis = TimeUnit.NANOSECONDS.toMillis(roundTripNanos);
        ClockSkew skew = new ClockSkew(answeredMillis - sentMillis - roundTripMillis / 2, roundTripMillis / 2 + 1);
        known.put(member, skew);
        if (skew.isTooLarge() && reported.add(member)) {
            LOG.warn(
                    "the clock of member {} differs by {} ms from that of this member (more than 0: it is ahead); streams"
                            + " expire by the clock of the leader, so synchronize the clocks",
                    member,
                    skew.millis());
        } else if (Math.abs(skew.millis()) + skew.errorMillis() <= ClockSkew.MILLIS_MAX && reported.remove(member)) {
            LOG.info("the clock of member {} does not differ any more", member);
        }
    }

    /** A member does not answer: the last measure is too old to say anything. */
    void lost(String member) {
        known.remove(member);
    }

    /** The last measure; null if the member does not answer. */
    @Nullable
    ClockSkew of(String member) {
        return known.get(member);
    }
}
