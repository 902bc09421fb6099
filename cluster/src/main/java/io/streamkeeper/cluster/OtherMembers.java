package io.streamkeeper.cluster;

import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the other members of a list say of themselves before a directory becomes that of a member of a new cluster. One
 * that does not answer says nothing: two clusters with one name never have one log, see {@link NodeIdentity}; this check
 * is for those who begin a second one by mistake. Blocks.
 */
public final class OtherMembers {
    private static final Logger LOG = LoggerFactory.getLogger(OtherMembers.class);
    private static final long TIMEOUT_MILLIS = 1_000;

    private OtherMembers() {}

    /**
     * Requires that no other member runs.
     *
     * @throws IOException if one answers that it is in a cluster with that name
     */
    public static void requireNone(ClusterConfig config) throws IOException {
        for (Member other : config.members()) {
            Optional<UUID> group = groupOf(config, other);
            if (group.isPresent()) {
                throw new IOException(
                        "member " + other.name() + " at " + other.address() + " is in a cluster with the name "
                                + config.cluster() + " already, which cannot get the state of a server; expected that"
                                + " the other members start after it, without --cluster-create, or another --cluster-name");
            }
        }
    }

    /** Requires that all other members that answer are in a group. */
    static void requireGroup(ClusterConfig config, UUID expected) throws IOException {
        for (Member other : config.members()) {
            Optional<UUID> group = groupOf(config, other);
            if (group.isPresent() && !group.get().equals(expected)) {
                throw new IOException(
                        "member " + other.name() + " at " + other.address() + " is in a cluster with the name "
                                + config.cluster() + " already, which began with the state of a server; start this"
                                + " member without --cluster-create, and it receives that state");
            }
        }
    }

    /** The group of another member; empty if it does not answer, or is one of another cluster. */
    private static Optional<UUID> groupOf(ClusterConfig config, Member other) {
        if (other.name().equals(config.self())) {
            return Optional.empty();
        }
        try (PeerClient client = new PeerClient(other, config.tls())) {
            PeerGreeting greeting =
                    PeerGreeting.parse(client.ask(new byte[] {MemberRequests.GREETING}, TIMEOUT_MILLIS));
            return greeting.cluster().equals(config.cluster()) ? Optional.of(greeting.group()) : Optional.empty();
        } catch (IOException | RuntimeException e) {
            LOG.debug("member {} does not say in which cluster it is", other.name(), e);
            return Optional.empty();
        }
    }
}
