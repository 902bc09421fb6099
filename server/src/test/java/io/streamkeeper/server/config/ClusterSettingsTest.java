package io.streamkeeper.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.server.config.ClusterSettings.Routing;
import io.streamkeeper.server.config.DataConfig.Durability;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which settings of a cluster fit each other and the rest of the configuration. */
class ClusterSettingsTest {
    private static final String MEMBERS = "n1=127.0.0.1:4438,n2=127.0.0.1:4439,n3=127.0.0.1:4440";

    private static ServerConfig member(UnaryOperator<ServerConfig.Builder> change) {
        return change.apply(ServerConfig.builder()
                        .cluster(cluster -> cluster.members(MEMBERS).self("n2")))
                .build();
    }

    private static void check(UnaryOperator<ServerConfig.Builder> change) {
        ServerConfig config = member(change);
        config.cluster().check(config);
    }

    private static void assertRefused(UnaryOperator<ServerConfig.Builder> change, String... parts) {
        assertThatThrownBy(() -> check(change))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .contains(parts);
    }

    @Test
    void aListWithTheNameOfTheServerIsAccepted() {
        assertThatCode(() -> check(builder -> builder)).doesNotThrowAnyException();
        assertThat(member(builder -> builder).cluster().isOn()).isTrue();
        assertThat(ServerConfig.defaults().cluster().isOn()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"n1", "n1=host", "n1=host:", "N1=host:1", "n1=host:1,", "n1=ho st:1", "n1=:1", "=host:1", ""})
    void aListOfAnotherFormIsQuoted(String list) {
        assertThatThrownBy(() -> ServerConfig.builder()
                        .cluster(cluster -> cluster.members(list))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .startsWith("cluster is \"" + list + "\"; expected none, or members such as n1=");
    }

    @Test
    void aServerThatIsNotInTheListIsRefused() {
        assertRefused(
                builder -> builder.cluster(cluster -> cluster.self("n4")),
                "cluster-self is n4",
                "cluster is " + MEMBERS);
        assertRefused(builder -> builder.cluster(cluster -> cluster.self("none")), "cluster-self is none");
        assertRefused(
                builder -> builder.cluster(cluster -> cluster.members("none")),
                "cluster-self is n2, but cluster is none");
    }

    @Test
    void aWeakerDurabilityAndAnotherStorageAreRefused() {
        assertRefused(builder -> builder.data(data -> data.durability(Durability.OS)), "durability is os", "fsync");
        assertRefused(
                builder -> builder.data(data -> data.durability(Durability.MEMORY)), "durability is memory", "fsync");
        assertRefused(builder -> builder.data(data -> data.storage("mirrored")), "storage is \"mirrored\"", "local");
    }

    @Test
    void filesOfTlsAreCompleteOrAbsent() {
        assertRefused(
                builder -> builder.cluster(cluster -> cluster.tls("cert.pem", "none", "ca.pem")),
                "cluster-tls-cert is cert.pem",
                "cluster-tls-key is none");
        assertRefused(
                builder -> builder.cluster(cluster -> cluster.tls("none", "none", "ca.pem")),
                "cluster-tls-ca is ca.pem");
        assertThatCode(() -> check(builder -> builder.cluster(cluster -> cluster.tls("cert.pem", "key.pem", "ca.pem"))))
                .doesNotThrowAnyException();
    }

    @Test
    void requestsOfClientsWithCertificatesCannotBePassedOn() {
        UnaryOperator<ServerConfig.Builder> withCa = builder -> builder.tls(
                tls -> tls.certificateFile("cert.pem").keyFile("key.pem").clientCaFile("ca.pem"));
        assertRefused(withCa, "tls-client-ca is ca.pem", "redirect");
        assertThatCode(() ->
                        check(builder -> withCa.apply(builder).cluster(cluster -> cluster.routing(Routing.REDIRECT))))
                .doesNotThrowAnyException();
    }

    @Test
    void anAddressThatOthersCannotUseHasToBeReplaced() {
        assertRefused(
                builder -> builder.listen(listen -> listen.host("0.0.0.0")), "host is 0.0.0.0", "cluster-advertise");
        assertThatCode(() -> check(builder -> builder.listen(listen -> listen.host("0.0.0.0"))
                        .cluster(cluster -> cluster.advertise("https://n2.example.com"))))
                .doesNotThrowAnyException();
    }

    @Test
    void membersOnTheLoopbackInterfaceNeedNoTls() {
        assertThat(member(builder -> builder).cluster().isLoopback()).isTrue();
        assertThat(member(builder -> builder.cluster(cluster -> cluster.members("n1=127.0.0.1:4438,n2=10.0.0.2:4438")))
                        .cluster()
                        .isLoopback())
                .isFalse();
    }
}
