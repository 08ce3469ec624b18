"""Read LINER's orders into Spark with a Python data source: `python spark_orders.py`."""

from collections.abc import Iterator, Mapping

import pyarrow as pa
from pyspark.sql import SparkSession
from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition
from pyspark.sql.pandas.types import from_arrow_schema
from pyspark.sql.types import StructType

from liner_async import ListSource

COLUMNS = "id title status leads_priority agent_user_ids created_at updated_at"


class LinerDataSource(DataSource):
    """`spark.read.format("liner")`, with the options host, key_file, columns and rate."""

    @classmethod
    def name(cls) -> str:
        """Return the name of the format."""
        return "liner"

    def schema(self) -> StructType:
        """Return the schema of the Arrow tables, as Spark writes it."""
        columns = self.options.get("columns", COLUMNS).split()
        return from_arrow_schema(list_source(self.options).schema(columns))

    def reader(self, schema: StructType) -> DataSourceReader:
        """Return the reader, which plans on the driver and reads on the executors."""
        return LinerReader(list_source(self.options), schema.fieldNames())


class LinerReader(DataSourceReader):
    """Reads the partitions. Spark pickles it and them; neither holds the key."""

    def __init__(self, source: ListSource, columns: list[str]) -> None:
        self.source = source
        self.columns = columns

    def partitions(self) -> list[InputPartition]:
        """Split the list, with one request."""
        return [InputPartition(part) for part in self.source.plan()]

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        """Read one partition; an error fails the task, and Spark retries it."""
        yield from self.source.read(partition.value, columns=self.columns).items.to_batches()


def list_source(options: Mapping[str, str]) -> ListSource:
    """Build the source from Spark's options, which are text."""
    given = {name: options[name] for name in ("host", "key_file") if name in options}
    return ListSource(**given, rate=float(options["rate"]) if "rate" in options else None)


def main() -> None:
    """Write `orders.parquet` and count from the file, because every action reads the list anew."""
    spark = SparkSession.builder.master("local[2]").appName("liner").getOrCreate()
    spark.conf.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")  # marks it as UTC
    spark.dataSource.register(LinerDataSource)
    orders = spark.read.format("liner").load()  # LINER_HOST, and the key by its name
    orders.dropDuplicates(["id"]).write.mode("overwrite").parquet("orders.parquet")
    spark.read.parquet("orders.parquet").groupBy("status").count().orderBy("status").show()
    spark.stop()


if __name__ == "__main__":
    main()
