package io.streamkeeper.server.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.cli.Flags;
import io.streamkeeper.server.setting.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files that start three servers name settings that exist, and the servers find each other. */
class ClusterFilesTest {
    private static final Pattern VARIABLE = Pattern.compile("DS_[A-Z_]+");
    private static final Pattern VALUE =
            Pattern.compile("(?:- name: )?(DS_[A-Z_]+)(?::|\\n +value:) (?:>-\\n +)?\"?([^\"\\n]+)\"?");
    private static final Pattern MEMBER = Pattern.compile("([a-z0-9-]+)=([a-z0-9.-]+):(\\d+)");
    private static final String COMPOSITION = "docker/compose-cluster.yaml";
    private static final String OBJECTS = "docker/compose-objects.yaml";
    private static final String MANIFEST = "docker/kubernetes/cluster.yaml";

    private static String text(String file) throws IOException {
        return Files.readString(Documents.REPOSITORY.resolve(file));
    }

    /** The last value of each variable. */
    private static Map<String, String> values(String text) {
        return VALUE.matcher(text)
                .results()
                .collect(Collectors.toMap(each -> each.group(1), each -> each.group(2), (before, last) -> last));
    }

    private static List<MatchResult> members(String text) {
        return MEMBER.matcher(values(text).getOrDefault("DS_CLUSTER", ""))
                .results()
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {COMPOSITION, OBJECTS, MANIFEST})
    void everySettingExists(String file) throws IOException {
        Set<String> known = Flags.all().stream().map(Setting::variable).collect(Collectors.toSet());
        Set<String> used =
                VARIABLE.matcher(text(file)).results().map(MatchResult::group).collect(Collectors.toSet());
        assertThat(used).hasSizeGreaterThan(2).isSubsetOf(known);
    }

    @Test
    void eachServerOfTheCompositionIsAMember() throws IOException {
        String text = text(COMPOSITION);
        assertThat(members(text)).hasSize(3).allSatisfy(member -> {
            assertThat(member.group(2)).as("the host").isEqualTo(member.group(1));
            assertThat(text)
                    .contains(
                            "\n  " + member.group(1) + ":\n    <<: *server",
                            "DS_CLUSTER_SELF: " + member.group(1) + "\n",
                            "DS_CLUSTER_ADVERTISE: http://" + member.group(1) + ":4437\n");
        });
    }

    @Test
    void eachServerOfTheCompositionHasObjects() throws IOException {
        String text = text(OBJECTS);
        assertThat(members(text(COMPOSITION)))
                .allSatisfy(member -> assertThat(text).contains("\n  " + member.group(1) + ": *member\n"));
        assertThat(values(text))
                .containsEntry("DS_TIER", "s3://streams/cluster")
                .containsEntry("DS_TIER_ENDPOINT", "http://objects:7070");
        assertThat(text).contains("\n  objects:\n", "/objects/streams ", "--port :7070 posix /objects");
        assertThat(text("Dockerfile")).contains("/src/tier/target/durable-streams-tier.jar");
    }

    @Test
    void eachPodOfTheManifestIsAMember() throws IOException {
        String text = text(MANIFEST);
        String service = "streamkeeper-members";
        List<MatchResult> members = members(text);
        assertThat(text).contains("replicas: " + members.size() + "\n", "serviceName: " + service + "\n");
        for (int i = 0; i < members.size(); i++) {
            assertThat(members.get(i).group(1)).isEqualTo("streamkeeper-" + i);
            assertThat(members.get(i).group(2)).isEqualTo("streamkeeper-" + i + "." + service);
            assertThat(text)
                    .contains("{name: members, containerPort: " + members.get(i).group(3) + "}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {COMPOSITION, OBJECTS, MANIFEST})
    void everyValueIsValid(String file) throws IOException {
        Map<String, String> values = values(text(file));
        if (!file.equals(OBJECTS)) {
            assertThat(values).containsKeys("DS_CLUSTER", "DS_CLUSTER_CREATE", "DS_CLUSTER_ADVERTISE", "DS_SHARDS");
        }
        for (Setting<?> setting : Flags.all()) {
            String value = values.get(setting.variable());
            if (value != null) {
                check(
                        setting,
                        value.replace("$(DS_CLUSTER_SELF)", "streamkeeper-0")
                                .replace("${CLUSTER_CREATE:-false}", "true"));
            }
        }
    }

    private static <T> void check(Setting<T> setting, String value) {
        setting.check(setting.parse(value));
    }
}
