package io.streamkeeper.cluster;

import io.streamkeeper.protocol.Quoted;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a member needs to know to start.
 *
 * @param cluster the name of the cluster; members of other clusters are refused
 * @param members all members with which the cluster was formed
 * @param self the name of this one
 * @param listenHost the address at which it accepts the other members
 * @param listenPort the port; 0 for any free one
 * @param directory contains the log; nothing else may be in it
 * @param limits times and sizes
 * @param tls certificates of the members, or null for a network that is protected otherwise
 * @param options properties of Ratis, for measurements; refused if an acknowledged frame could be lost by them
 */
public record ClusterConfig(
        String cluster,
        List<Member> members,
        String self,
        String listenHost,
        int listenPort,
        Path directory,
        LogLimits limits,
        @Nullable PeerTls tls,
        Map<String, String> options) {

    /** Checks the list of members, and that this one is in it. */
    public ClusterConfig {
        members = List.copyOf(members);
        options = Map.copyOf(options);
        Member.requireDistinct(members);
        if (members.stream().noneMatch(member -> member.name().equals(self))) {
            throw new IllegalArgumentException("the member " + Quoted.of(self) + " is not in the list of members, "
                    + members.stream().map(Member::name).toList());
        }
        if (cluster.isEmpty()) {
            throw new IllegalArgumentException("the name of the cluster is empty");
        }
    }

    /** The same member with another directory. */
    public ClusterConfig in(Path otherDirectory) {
        return new ClusterConfig(cluster, members, self, listenHost, listenPort, otherDirectory, limits, tls, options);
    }

    /** A member with the default limits that listens at its address of the list. */
    public static ClusterConfig of(String cluster, List<Member> members, String self, Path directory) {
        Member own = members.stream()
                .filter(member -> member.name().equals(self))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException(
                        "the member " + Quoted.of(self) + " is not in the list of members"));
        return new ClusterConfig(
                cluster, members, self, own.host(), own.port(), directory, LogLimits.DEFAULT, null, Map.of());
    }
}
