"""LINER's orders in Spark, as a data source of its own: `python spark_orders.py`."""

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
        """Give the name of the format."""
        return "liner"

    def schema(self) -> StructType:
        """Give the schema, made from that of the Arrow tables."""
        columns = self.options.get("columns", COLUMNS).split()
        return from_arrow_schema(list_source(self.options).schema(columns))

    def reader(self, schema: StructType) -> DataSourceReader:
        """Give what plans on the driver, and reads on the executors."""
        return LinerReader(list_source(self.options), schema.fieldNames())


class LinerReader(DataSourceReader):
    """Spark pickles it and its partitions; neither holds the key."""

    def __init__(self, source: ListSource, columns: list[str]) -> None:
        self.source = source
        self.columns = columns

    def partitions(self) -> list[InputPartition]:
        """Divide the list, with one request."""
        return [InputPartition(part) for part in self.source.plan()]

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        """Read one partition; an error fails the task, and Spark tries it again."""
        yield from self.source.read(partition.value, columns=self.columns).items.to_batches()


def list_source(options: Mapping[str, str]) -> ListSource:
    """Make the source from Spark's options, which are text."""
    given = {name: options[name] for name in ("host", "key_file") if name in options}
    return ListSource(**given, rate=float(options["rate"]) if "rate" in options else None)


def main() -> None:
    """Write `orders.parquet`, and count from the file: every action reads the list anew."""
    spark = SparkSession.builder.master("local[2]").appName("liner").getOrCreate()
    spark.conf.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")  # says it is UTC
    spark.dataSource.register(LinerDataSource)
    orders = spark.read.format("liner").load()  # LINER_HOST, and the name LINER_API_KEY
    orders.dropDuplicates(["id"]).write.mode("overwrite").parquet("orders.parquet")
    spark.read.parquet("orders.parquet").groupBy("status").count().orderBy("status").show()
    spark.stop()


if __name__ == "__main__":
    main()
