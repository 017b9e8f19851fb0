"""The rows of `components.geography`, which alone reads them."""

EU = frozenset(
    (
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    )
)
EEA = frozenset({"NO", "IS", "LI"})
ADEQUATE = frozenset({"GB", "CH"})

# code | place | country | zone letters | prefix of zone ids | partition, when it is not the one that the code's shape says
AWS = """
eu-central-1|Frankfurt|DE|abc|euc1
eu-north-1|Stockholm|SE|abc|eun1
eu-south-1|Milan|IT|abc|eus1
eu-south-2|Aragon|ES|abc|eus2
eu-west-1|Ireland|IE|abc|euw1
eu-west-3|Paris|FR|abc|euw3
eusc-de-east-1|Brandenburg|DE|abc||aws-eusc
eu-west-2|London|GB|abc|euw2
eu-central-2|Zurich|CH|abc|euc2
eu-isoe-west-1|undisclosed|GB|||aws-iso-e
us-east-1|Virginia|US|abcdef|use1
us-east-2|Ohio|US|abc|use2
us-west-1|California|US|abc|usw1
us-west-2|Oregon|US|abcd|usw2
ca-central-1|Montreal|CA|abd|cac1
ca-west-1|Calgary|CA|abc|caw1
sa-east-1|São Paulo|BR|abc|sae1
sa-west-1|Santiago|CL
mx-central-1|Querétaro|MX|abc|mxc1
af-south-1|Cape Town|ZA|abc|afs1
il-central-1|Tel Aviv|IL|abc|ilc1
me-central-1|Dubai|AE|abc|mec1
me-south-1|Bahrain|BH|abc|mes1
me-west-1|Riyadh|SA
ap-east-1|Hong Kong|HK|abc|ape1
ap-east-2|Taipei|TW|abc|ape2
ap-northeast-1|Tokyo|JP|abcd|apne1
ap-northeast-2|Seoul|KR|abcd|apne2
ap-northeast-3|Osaka|JP|abc|apne3
ap-south-1|Mumbai|IN|abc|aps1
ap-south-2|Hyderabad|IN|abc|aps2
ap-southeast-1|Singapore|SG|abc|apse1
ap-southeast-2|Sydney|AU|abc|apse2
ap-southeast-3|Jakarta|ID|abc|apse3
ap-southeast-4|Melbourne|AU|abc|apse4
ap-southeast-5|Kuala Lumpur|MY|abc|apse5
ap-southeast-6|Auckland|NZ|abc|apse6
ap-southeast-7|Bangkok|TH|abc|apse7
cn-north-1|Beijing|CN|ab||aws-cn
cn-northwest-1|Ningxia|CN|abc||aws-cn
us-gov-east-1|Ohio|US|abc||aws-us-gov
us-gov-west-1|Oregon|US|abc||aws-us-gov
"""

# Local Zones in the EU. Never by prefix: eu-west-3-cmn-wlz-1a is a Wavelength Zone in Casablanca whose parent is Paris.
AWS_LOCAL_ZONES = {
    "eu-central-1-ham-1a": "eu-central-1",
    "eu-central-1-waw-1a": "eu-central-1",
    "eu-north-1-cph-1a": "eu-north-1",
    "eu-north-1-hel-1a": "eu-north-1",
}

GCP = """
europe-central2|Warsaw|PL|abc
europe-north1|Hamina|FI|abc
europe-north2|Stockholm|SE|abc
europe-southwest1|Madrid|ES|abc
europe-west1|St. Ghislain|BE|bcd
europe-west2|London|GB|abc
europe-west3|Frankfurt|DE|abc
europe-west4|Eemshaven|NL|abc
europe-west6|Zurich|CH|abc
europe-west8|Milan|IT|abc
europe-west9|Paris|FR|abc
europe-west10|Berlin|DE|abc
europe-west12|Turin|IT|abc
us-central1|Iowa|US|abcf
us-east1|South Carolina|US|bcd
us-east4|Virginia|US|abc
us-east5|Ohio|US|abc
us-south1|Texas|US|abc
us-west1|Oregon|US|abc
us-west2|Los Angeles|US|abc
us-west3|Salt Lake City|US|abc
us-west4|Las Vegas|US|abc
northamerica-northeast1|Montréal|CA|abc
northamerica-northeast2|Toronto|CA|abc
northamerica-south1|Querétaro|MX|abc
southamerica-east1|São Paulo|BR|abc
southamerica-west1|Santiago|CL|abc
africa-south1|Johannesburg|ZA|abc
me-central1|Doha|QA|abc
me-central2|Dammam|SA|abc
me-west1|Tel Aviv|IL|abc
asia-east1|Taiwan|TW|abc
asia-east2|Hong Kong|HK|abc
asia-northeast1|Tokyo|JP|abc
asia-northeast2|Osaka|JP|abc
asia-northeast3|Seoul|KR|abc
asia-south1|Mumbai|IN|abc
asia-south2|Delhi|IN|abc
asia-southeast1|Singapore|SG|abc
asia-southeast2|Jakarta|ID|abc
australia-southeast1|Sydney|AU|abc
australia-southeast2|Melbourne|AU|abc
"""

# service | value | membership | what it covers. The same word differs by service, so the service is part of the key.
GCP_MULTI = """
storage|EU|eu|data centres in member states
storage|EUR4|eu|Hamina and Eemshaven
storage|EUR5|none|St. Ghislain and London
storage|EUR7|none|London and Frankfurt
storage|EUR8|none|Frankfurt and Zurich
bigquery|EU|eu|data centres in member states
compute|EU|eu|data centres in member states
sql|EU|eu|data centres in member states
artifactregistry|europe|eu|data centres in member states
kms|europe|eu|data centres in member states
kms|eur3|eu|Belgium and the Netherlands
kms|eur4|eu|Finland and the Netherlands
kms|eur5|none|London among others
kms|eur6|none|Zurich among others
spanner|eur3|eu|Belgium and the Netherlands, witness in Finland
spanner|eur7|eu|Milan and Frankfurt, witness in Turin
spanner|eur5|none|London and Belgium
spanner|eur6|none|the Netherlands and Frankfurt, witness in Zurich
firestore|eur3|eu|Belgium and the Netherlands, witness in Finland
appengine|europe-west|eu|St. Ghislain
*|us|none|the United States
*|asia|none|Asia
*|global|none|worldwide
*|nam4|none|the United States
*|nam5|none|the United States
*|nam-eur-asia1|none|three continents
*|nam-eur-asia3|none|three continents
"""

# code | place | country | zones | pair. The pair is the target of GRS, Key Vault and SQL geo backup.
AZURE = """
austriaeast|Vienna|AT|123
belgiumcentral|Brussels|BE|123
denmarkeast|Copenhagen|DK|123
francecentral|Paris|FR|123|francesouth
francesouth|Marseille|FR||francecentral
germanywestcentral|Frankfurt|DE|123|germanynorth
germanynorth|Berlin|DE||germanywestcentral
italynorth|Milan|IT|123
northeurope|Ireland|IE|123|westeurope
polandcentral|Warsaw|PL|123
spaincentral|Madrid|ES|123
swedencentral|Gävle|SE|123|swedensouth
swedensouth|Sweden South|SE||swedencentral
westeurope|Netherlands|NL|123|northeurope
norwayeast|Oslo|NO|123|norwaywest
norwaywest|Stavanger|NO||norwayeast
switzerlandnorth|Zurich|CH|123|switzerlandwest
switzerlandwest|Geneva|CH||switzerlandnorth
uksouth|London|GB|123|ukwest
ukwest|Cardiff|GB||uksouth
eastus|Virginia|US|123|westus
eastus2|Virginia|US|123|centralus
centralus|Iowa|US|123|eastus2
northcentralus|Illinois|US||southcentralus
southcentralus|Texas|US|123|northcentralus
westus|California|US||eastus
westus2|Washington|US|123|westcentralus
westus3|Phoenix|US|123|eastus
westcentralus|Wyoming|US||westus2
canadacentral|Toronto|CA|123|canadaeast
canadaeast|Quebec|CA||canadacentral
mexicocentral|Querétaro|MX|123
brazilsouth|São Paulo|BR|123|southcentralus
chilecentral|Santiago|CL|123
southafricanorth|Johannesburg|ZA|123|southafricawest
southafricawest|Cape Town|ZA||southafricanorth
uaenorth|Dubai|AE|123|uaecentral
uaecentral|Abu Dhabi|AE||uaenorth
qatarcentral|Doha|QA|123
israelcentral|Tel Aviv|IL|123
eastasia|Hong Kong|HK|123|southeastasia
southeastasia|Singapore|SG|123|eastasia
japaneast|Tokyo|JP|123|japanwest
japanwest|Osaka|JP|123|japaneast
koreacentral|Seoul|KR|123|koreasouth
koreasouth|Busan|KR||koreacentral
centralindia|Pune|IN|123|southindia
southindia|Chennai|IN||centralindia
australiaeast|Sydney|AU|123|australiasoutheast
australiasoutheast|Melbourne|AU||australiaeast
newzealandnorth|Auckland|NZ|123
indonesiacentral|Jakarta|ID|123
malaysiawest|Kuala Lumpur|MY|123
"""

# Azure's names for whole geographies. "europe" is none: it holds the United Kingdom, Switzerland and Norway.
AZURE_GEOGRAPHIES = {
    **dict.fromkeys(("france", "germany", "italy", "poland", "spain", "sweden"), "eu"),
    "norway": "eea",
    **dict.fromkeys(("europe", "global", "switzerland", "uk", "unitedkingdom", "unitedstates", "asia"), "none"),
}
