package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.protocol.output.MayLogFaults;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three servers in this JVM that are members of a cluster: each of them serves every request. */
@Timeout(180)
@MayLogFaults("was abandoned: {}")
class ClusterRoutingTest {
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    Path folder;

    private HttpResponse<String> send(DurableStreamsServer server, String method, String target, String body)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + target))
                .timeout(Duration.ofSeconds(30))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!method.equals("GET") && !method.equals("HEAD")) {
            request.header("Content-Type", "text/plain");
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    @Test
    void eachMemberExecutesWritesAndReturnsWhatWasWrittenThroughAnother() throws Exception {
        try (MembersInJvm members = new MembersInJvm(folder)) {
            Map<String, DurableStreamsServer> servers = members.startServers();
            List<String> names = MembersInJvm.NAMES;
            assertThat(send(servers.get("n1"), "PUT", "a", "").statusCode()).isEqualTo(201);
            StringBuilder expected = new StringBuilder();
            for (int each = 0; each < 60; each++) {
                String text = each + ",";
                expected.append(text);
                HttpResponse<String> written = send(servers.get(names.get(each % 3)), "POST", "a", text);
                assertThat(written.statusCode()).as(written.body()).isEqualTo(204);
                HttpResponse<String> read = send(servers.get(names.get((each + 1) % 3)), "GET", "a", "");
                assertThat(read.body()).isEqualTo(expected.toString());
                assertThat(read.headers().firstValue("Stream-Next-Offset"))
                        .isEqualTo(written.headers().firstValue("Stream-Next-Offset"));
                assertThat(read.headers().firstValue("Stream-Up-To-Date")).contains("true");
            }
            for (int each = 0; each < 30; each++) {
                DurableStreamsServer first = servers.get(names.get(each % 3));
                DurableStreamsServer second = servers.get(names.get((each + 2) % 3));
                assertThat(send(first, "PUT", "b" + each, "x").statusCode()).isEqualTo(201);
                assertThat(send(second, "HEAD", "b" + each, "").statusCode()).isEqualTo(200);
                assertThat(send(second, "DELETE", "b" + each, "").statusCode()).isEqualTo(204);
                assertThat(send(first, "GET", "b" + each, "").statusCode()).isEqualTo(404);
            }
            servers.values().forEach(DurableStreamsServer::close);
        }
    }

    @Test
    void eventsOfAFollowerContinueWhenTheLeaderEnds() throws Exception {
        try (MembersInJvm members = new MembersInJvm(folder)) {
            Map<String, DurableStreamsServer> servers = members.startServers();
            String leader = members.leader();
            String follower = members.follower();
            DurableStreamsServer serving = servers.get(follower);
            assertThat(send(serving, "PUT", "a", "").statusCode()).isEqualTo(201);
            HttpResponse<InputStream> events = client.send(
                    HttpRequest.newBuilder(URI.create(serving.url() + "a?offset=-1&live=sse"))
                            .build(),
                    BodyHandlers.ofInputStream());
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(events.body(), StandardCharsets.UTF_8))) {
                assertThat(send(serving, "POST", "a", "before").statusCode()).isEqualTo(204);
                assertThat(nextData(lines)).isEqualTo("before");
                servers.remove(leader).close();
                members.end(leader);
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> send(serving, "POST", "a", "after").statusCode() == 204);
                assertThat(nextData(lines)).isEqualTo("after");
            }
            servers.values().forEach(DurableStreamsServer::close);
        }
    }

    private static String nextData(BufferedReader lines) throws Exception {
        boolean isData = false;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (isData && line.startsWith("data:")) {
                return line.substring("data:".length()).strip();
            }
            isData = line.equals("event: data") || line.equals("event:data");
        }
        return "";
    }
}
