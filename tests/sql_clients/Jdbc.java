// The JDBC driver against a running server: java -cp postgresql.jar Jdbc.java PORT EXAMPLES
import java.nio.file.*;
import java.sql.*;
import java.util.*;

public class Jdbc {
    static void check(boolean holds, String what) {
        if (!holds) throw new AssertionError(what);
    }

    static List<String> names(ResultSet rows, String column) throws SQLException {
        List<String> names = new ArrayList<>();
        while (rows.next()) names.add(rows.getString(column));
        return names;
    }

    public static void main(String[] words) throws Exception {
        String url = "jdbc:postgresql://127.0.0.1:" + words[0] + "/muster";
        try (Connection connection = DriverManager.getConnection(url + "?prepareThreshold=2", "tester", "")) {
            DatabaseMetaData about = connection.getMetaData();
            check(about.getDatabaseProductName().equals("PostgreSQL"), about.getDatabaseProductName());
            check(names(about.getCatalogs(), "TABLE_CAT").contains("muster"), "getCatalogs");
            check(names(about.getSchemas(), "TABLE_SCHEM").containsAll(List.of("public", "growth")), "getSchemas");
            List<String> tables = names(about.getTables(null, "public", "%", new String[] {"TABLE"}), "TABLE_NAME");
            check(tables.containsAll(List.of("contributions", "metrics", "people")), "getTables " + tables);
            check(names(about.getTables(null, "public", "%", new String[] {"VIEW"}), "TABLE_NAME").contains("facts"), "views");
            check(names(about.getTables("muster", "growth", "active%", null), "TABLE_NAME").contains("active_contributors"), "getTables growth");
            Map<String, Integer> columns = new LinkedHashMap<>();
            try (ResultSet rows = about.getColumns(null, "public", "contributions", "%")) {
                while (rows.next()) columns.put(rows.getString("COLUMN_NAME"), rows.getInt("DATA_TYPE"));
            }
            check(columns.size() >= 14, "getColumns " + columns);
            check(columns.get("event_id") == Types.VARCHAR && columns.get("time") == Types.TIMESTAMP, "types " + columns);
            check(columns.get("is_bot") == Types.BIT, "boolean " + columns);
            check(names(about.getTypeInfo(), "TYPE_NAME").containsAll(List.of("text", "int8", "timestamptz")), "getTypeInfo");
            check(names(about.getTableTypes(), "TABLE_TYPE").contains("TABLE"), "getTableTypes");
            names(about.getPrimaryKeys(null, "public", "contributions"), "COLUMN_NAME");
            names(about.getIndexInfo(null, "public", "contributions", false, true), "INDEX_NAME");
            names(about.getImportedKeys(null, "public", "contributions"), "PKTABLE_NAME");
            names(about.getExportedKeys(null, "public", "contributions"), "FKTABLE_NAME");
            names(about.getCrossReference(null, "public", "contributions", null, "public", "people"), "FKTABLE_NAME");
            names(about.getBestRowIdentifier(null, "public", "contributions", DatabaseMetaData.bestRowSession, true), "COLUMN_NAME");
            names(about.getTablePrivileges(null, "public", "%"), "TABLE_NAME");
            names(about.getColumnPrivileges(null, "public", "contributions", "%"), "COLUMN_NAME");
            names(about.getProcedures(null, null, "%"), "PROCEDURE_NAME");
            check(!names(about.getFunctions(null, null, "%"), "FUNCTION_NAME").isEmpty(), "getFunctions");
            System.out.println("the catalogue");

            int count = 0;
            try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of(words[1]), "*.sql")) {
                for (Path file : files) {
                    try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(Files.readString(file))) {
                        int width = rows.getMetaData().getColumnCount();
                        int answers = 0;
                        while (rows.next()) {
                            for (int column = 1; column <= width; column++) rows.getObject(column);
                            answers++;
                        }
                        check(answers > 0, file + " has no answer");
                        count++;
                    }
                }
            }
            System.out.println(count + " examples");

            try (PreparedStatement statement = connection.prepareStatement("SELECT count(*), max(time) FROM contributions WHERE kind = ? AND time < ? AND counts = ?")) {
                for (int time = 0; time < 6; time++) {
                    statement.setString(1, "commit");
                    statement.setObject(2, java.time.OffsetDateTime.parse("2025-06-01T00:00:00Z"));
                    statement.setBoolean(3, true);
                    try (ResultSet rows = statement.executeQuery()) {
                        check(rows.next() && rows.getLong(1) > 5, "prepared");
                        check(rows.getObject(2, java.time.OffsetDateTime.class).getYear() == 2025, "a time");
                    }
                }
            }
            connection.setAutoCommit(false);
            try (PreparedStatement statement = connection.prepareStatement("SELECT value FROM generate_series(1, 1000)")) {
                statement.setFetchSize(100);
                int rows = 0;
                try (ResultSet answer = statement.executeQuery()) {
                    while (answer.next()) rows++;
                }
                check(rows == 1000, "in parts: " + rows);
            }
            connection.commit();
            connection.setAutoCommit(true);
            connection.setReadOnly(true);
            System.out.println("prepared statements, and rows in parts");

            try (Statement statement = connection.createStatement()) {
                for (String refused : List.of("DROP TABLE contributions", "INSERT INTO metrics VALUES (1)", "COPY metrics TO '/tmp/muster-stolen'")) {
                    try {
                        statement.execute(refused);
                        throw new AssertionError(refused + " was not refused");
                    } catch (SQLException error) {
                        check(error.getSQLState().equals("25006"), refused + ": " + error);
                    }
                }
                statement.setQueryTimeout(1);
                try {
                    statement.executeQuery("SELECT count(*) FROM generate_series(1, 1000) a, generate_series(1, 10000000000) b WHERE a.value + b.value = 0");
                    throw new AssertionError("not stopped");
                } catch (SQLException error) {
                    check(error.getSQLState().equals("57014"), error.toString());
                }
            }
            System.out.println("refused, and stopped in time");
        }
        Properties back = new Properties();
        back.setProperty("user", "tester");
        back.setProperty("options", "-c muster.as_of=2025-06-01");
        try (Connection connection = DriverManager.getConnection(url, back); ResultSet rows = connection.createStatement().executeQuery("SELECT as_of()")) {
            check(rows.next() && rows.getObject(1, java.time.OffsetDateTime.class).toInstant().equals(java.time.Instant.parse("2025-06-01T00:00:00Z")), "as of");
        }
        System.out.println("as of another day");
    }
}
