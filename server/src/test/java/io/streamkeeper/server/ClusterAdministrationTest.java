package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.client.api.CreateOptions;
import io.streamkeeper.protocol.output.MayLogFaults;
import io.streamkeeper.server.cli.remote.RemoteCommands;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees of a cluster, at the listener for administration of its members. */
@Timeout(180)
@MayLogFaults({"was abandoned: {}", "the registry", "cannot begin in epoch"})
class ClusterAdministrationTest {
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    Path folder;

    private final Map<String, DurableStreamsServer> servers = new HashMap<>();
    private MembersInJvm members;

    @BeforeEach
    void start() throws Exception {
        members = new MembersInJvm(folder);
        servers.putAll(members.startServers());
    }

    @AfterEach
    void end() {
        servers.values().forEach(DurableStreamsServer::close);
        members.close();
    }

    private String origin(String name) {
        return "http://127.0.0.1:"
                + servers.get(name).adminAddress().orElseThrow().getPort();
    }

    private String get(String name, String path) throws Exception {
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(URI.create(origin(name) + path)).build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }

    /** What a command prints, with its status before it unless that is 0. */
    private static String command(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int status = RemoteCommands.run(
                args, Map.of(), InputStream.nullInputStream(), out, new PrintStream(out, true, StandardCharsets.UTF_8));
        return (status == 0 ? "" : status + " ") + out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theLeaderKnowsHowFarAllMembersAre() throws Exception {
        String leader = members.leader();
        members.atLeader(streams -> streams.create("a", CreateOptions.text()));
        await().until(() -> get(leader, "/admin/cluster").split("\"lagEntries\":0", -1).length == 4);

        String status = get(leader, "/admin/cluster");
        String url = servers.get(leader).url().replace("/v1/stream/", "");
        assertThat(status)
                .startsWith("{\"cluster\":\"streamkeeper\",\"role\":\"leader\",\"ready\":true,\"logBytes\":")
                .containsPattern("\"member\":\"" + leader + "\",\"term\":[0-9]+,\"leader\":\\{\"name\":\"" + leader
                        + "\",\"url\":\"" + url + "\",\"since\":\"20[^\"]+Z\"}")
                .contains("\"name\":\"" + leader + "\",\"address\":\"127.0.0.1:")
                .endsWith("]}\n");
        for (String name : MembersInJvm.NAMES) {
            assertThat(status)
                    .containsPattern("\"name\":\"" + name + "\",\"address\":\"127.0.0.1:[0-9]+\",\"leads\":"
                            + name.equals(leader)
                            + ",\"matchIndex\":[0-9]+,\"lagEntries\":0,\"contactMillis\":[0-9]+[,}]");
        }
        assertThat(get(leader, "/admin/status")).contains(",\"role\":\"leader\",\"shards\":[");
    }

    @Test
    void anotherMemberKnowsTheLeaderAndItself() throws Exception {
        String leader = members.leader();
        String follower = members.follower();
        await().until(() -> get(follower, "/admin/cluster").contains("\"ready\":true"));

        assertThat(get(follower, "/admin/cluster"))
                .contains("\"role\":\"follower\"", "\"leader\":{\"name\":\"" + leader + "\"")
                .doesNotContainPattern("\"leads\":false,\"matchIndex\":[^}]*}.*\"leads\":false,\"matchIndex\":");
        assertThat(get(follower, "/admin/status")).contains(",\"role\":\"follower\",\"shards\":[");
    }

    @Test
    void theCommandPrintsATableOrTheObject() throws Exception {
        String leader = members.leader();
        await().until(() -> get(leader, "/admin/cluster").split("\"lagEntries\":0", -1).length == 4);

        assertThat(command("cluster", "status", "--url", origin(leader)))
                .startsWith("cluster: streamkeeper\nmember: " + leader + ", leader\nready: yes\nterm: ")
                .containsPattern("\nleader: " + leader + " at http://[0-9.:]+ since 20[^ ]+Z\n")
                .containsPattern(
                        "\nMEMBER +ADDRESS +LEADS +MATCH +LAG +CONTACT +CLOCK\nn1 +127.0.0.1:[0-9]+ .* 0 +[0-9]+ ms +(-|-?[0-9]+ ms)\n");
        assertThat(command("cluster", "status", "--json", "--url", origin(leader)))
                .startsWith("{\"cluster\":\"streamkeeper\",");
        assertThat(command("cluster", "--url", origin(leader)))
                .startsWith("2 ds: ")
                .contains("see ds cluster --help");
        assertThat(command("cluster", "status", "--url", "nowhere"))
                .isEqualTo("2 ds: the URL is 'nowhere'; expected one such as http://localhost:14437\n");
    }

    @Test
    void theMetricsHaveTheLogTheMembersAndTheRequestsForTheLeader() throws Exception {
        String leader = members.leader();
        String follower = members.follower();
        await().until(() -> get(follower, "/admin/cluster").contains("\"ready\":true,"));
        await().until(() -> get(follower, "/metrics")
                .contains("streamkeeper_cluster_member_clock_skew_seconds{member=\"" + leader + "\"} "));
        assertThat(get(follower, "/admin/cluster"))
                .containsPattern("\"clockSkewMillis\":-?[0-9]+,\"clockSkewErrorMillis\":[0-9]+}");
        HttpResponse<String> written = client.send(
                HttpRequest.newBuilder(URI.create(servers.get(follower).url() + "m"))
                        .header("Content-Type", "text/plain")
                        .PUT(HttpRequest.BodyPublishers.ofString("x"))
                        .build(),
                BodyHandlers.ofString());
        assertThat(written.statusCode()).as(written.body()).isEqualTo(201);
        assertThat(client.send(
                                HttpRequest.newBuilder(
                                                URI.create(servers.get(follower).url() + "m"))
                                        .build(),
                                BodyHandlers.ofString())
                        .body())
                .isEqualTo("x");

        assertThat(get(leader, "/metrics").lines())
                .contains(
                        "streamkeeper_cluster_role{role=\"leader\"} 1.0",
                        "streamkeeper_cluster_role{role=\"follower\"} 0.0",
                        "streamkeeper_cluster_leader_known 1.0",
                        "streamkeeper_cluster_members 3.0",
                        "streamkeeper_cluster_members_reached 3.0")
                .anyMatch(line ->
                        line.matches("streamkeeper_cluster_member_lag_entries\\{member=\"" + follower + "\"} [0-9.]+"))
                .anyMatch(line -> line.matches(
                        "streamkeeper_cluster_member_contact_seconds\\{member=\"" + follower + "\"} [0-9.E-]+"))
                .noneMatch(line -> line.contains("member=\"" + leader + "\""));
        assertThat(value(leader, "streamkeeper_cluster_frames_total")).isPositive();
        assertThat(value(leader, "streamkeeper_cluster_records_total"))
                .isGreaterThanOrEqualTo(value(leader, "streamkeeper_cluster_frames_total"));
        assertThat(value(follower, "streamkeeper_cluster_forwarded_requests_total{outcome=\"passed\"}"))
                .isEqualTo(1);
        assertThat(value(follower, "streamkeeper_cluster_barriers_total")).isPositive();
        assertThat(value(follower, "streamkeeper_cluster_barrier_seconds_total"))
                .isPositive();
        assertThat(value(follower, "streamkeeper_cluster_committed_index")).isPositive();
        assertThat(value(follower, "streamkeeper_cluster_log_bytes")).isPositive();
        assertThat(get(follower, "/metrics"))
                .doesNotContain("streamkeeper_cluster_member_lag_entries", "streamkeeper_cluster_members_reached");
    }

    private double value(String name, String metric) throws Exception {
        return get(name, "/metrics")
                .lines()
                .filter(line -> line.startsWith(metric + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(metric.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    private HttpResponse<String> post(String name, String change, String... fields) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(origin(name) + "/admin/cluster/change?change=" + change.replace(" ", "%20")))
                .POST(HttpRequest.BodyPublishers.noBody());
        for (int each = 0; each < fields.length; each += 2) {
            request.header(fields[each], fields[each + 1]);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    @Test
    @MayLogFaults({"has ended: {}", "has failed: {}"})
    void aMemberIsRemovedAtAnyMemberAndWritesGoOn() throws Exception {
        String leader = members.leader();
        String follower = members.follower();
        String removed = MembersInJvm.NAMES.stream()
                .filter(name -> !name.equals(leader) && !name.equals(follower))
                .findFirst()
                .orElseThrow();
        await().until(() -> get(leader, "/admin/cluster").split("\"lagEntries\":0", -1).length == 4);
        assertThat(get(follower, "/admin/cluster/change")).isEqualTo("{\"status\":\"none\"}\n");

        assertThat(command("cluster", "remove", removed, "--url", origin(follower)))
                .contains("members: ")
                .doesNotStartWith("1 ");

        assertThat(get(follower, "/admin/cluster/change"))
                .isEqualTo("{\"status\":\"done\",\"change\":\"remove " + removed + "\"}\n");
        await().until(() -> !get(follower, "/admin/cluster").contains("\"name\":\"" + removed));
        await().until(() -> get(removed, "/admin/cluster").contains("\"ready\":false"));
        members.atLeader(streams -> streams.create("after", CreateOptions.text()));
    }

    @Test
    void aChangeThatCannotBeIsRefusedWithItsReason() throws Exception {
        String follower = members.follower();
        await().until(() -> get(follower, "/admin/cluster").contains("\"ready\":true"));

        HttpResponse<String> unknown = post(follower, "remove n9");
        assertThat(unknown.statusCode()).isEqualTo(409);
        assertThat(unknown.body())
                .contains("\"code\":\"member_change_refused\"", "n9 is no member; the members are n1, n2, n3");
        assertThat(post(follower, "remove N!").statusCode()).isEqualTo(400);
        assertThat(post(follower, "").statusCode()).isEqualTo(400);
        assertThat(post(follower, "remove n1", "Origin", "http://elsewhere.example")
                        .statusCode())
                .isEqualTo(403);
        assertThat(command("cluster", "remove", "n9", "--url", origin(follower)))
                .isEqualTo("4 ds: n9 is no member; the members are n1, n2, n3\n");
        assertThat(command("cluster", "add", "n4", "--url", origin(follower)))
                .startsWith("5 ds: change: ")
                .contains("\"n4\" is not valid; expected name=host:port");
        assertThat(command("cluster", "replace", "n1", "n1=127.0.0.1:1", "--url", origin(follower)))
                .startsWith("5 ds: ")
                .contains("expected a new name");
        assertThat(get(follower, "/admin/cluster").split("\"name\":\"n[123]\",\"address", -1))
                .hasSize(4);
    }

    @Test
    void withoutAMajorityNoLeaderIsKnown() throws Exception {
        String left = members.follower();
        for (String name : List.copyOf(servers.keySet())) {
            if (!name.equals(left)) {
                servers.remove(name).close();
                members.end(name);
            }
        }
        await().until(() -> get(left, "/admin/cluster").contains("\"ready\":false,\"reason\":\"no leader is known\""));
        assertThat(get(left, "/admin/cluster")).doesNotContain("\"leader\":{");
        assertThat(command("cluster", "status", "--url", origin(left)))
                .contains("ready: no: no leader is known\n", "\nleader: none is known\n");
    }
}
