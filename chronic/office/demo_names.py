"""Names for made-up villagers: how common surnames are, and what people were called when they were born.

Surnames stand with their share of all Chinese, given names in the order of how common they were, by sex and
the decade of birth (the earliest group holds everyone born before 1960).
"""

from itertools import accumulate
from random import Random
from re import findall

_SURNAMES = """
王75 李74 张70 刘53 陈46 杨34 黄23 赵21 吴20 周20 徐15 孙15 朱13 马13 胡12 郭11 何11 高10 罗10 林10 郑9 梁8 谢7
宋7 唐7 韩6 许6 冯6 邓6 曹6 彭6 曾6 肖5 田5 董5 袁5 于5 潘5 蒋5 杜5 蔡5 余5 程5 魏5 叶5 吕5 丁5 苏4 任4 沈4
姚4 姜4 卢4 崔4 钟4 谭4 汪4 范4 陆4 金4 石4 廖3 贾3 夏3 付3 方3 韦3 邹3 熊3 孟3 秦3 邱3 尹3 江3 薛3 侯3 段3
雷2 史2 龙2 陶2 顾2 贺2 黎2 郝2 毛2 邵2 应2 泮2 项2 柯2 戴2 俞2 翁1 娄1 单1 欧阳1 诸葛1
"""
_SHARES: dict[str, int] = {name: int(share) for name, share in findall(r"([^\d\s]+)(\d+)", _SURNAMES)}
_NAMES, _CUMULATIVE = list(_SHARES), list(accumulate(_SHARES.values()))

_GIVEN = {
    ("M", 1950): """建国 建华 国华 明 德明 军 志明 光明 和平 杰 国良 玉林 平 金生 建平 新民 春生 国强 建明 伟 国祥
        玉明 建民 林 文华 振华 树林 国平 德华 永祥 志强 学文 长生 金山 文明 光华 斌 新华""",
    ("F", 1950): """秀英 桂英 秀兰 玉兰 桂兰 秀珍 凤英 玉珍 玉英 兰英 桂珍 淑珍 桂芳 秀荣 桂荣 桂芝 淑兰 玉梅 秀芳
        桂香 秀云 淑英 素珍 凤兰 翠英 美英 桂花 淑华 玉华 月英 淑琴 秀华 秀梅 淑芳 素英 翠兰 玉芳 文英""",
    ("M", 1960): """军 勇 伟 建国 建华 建军 平 建平 斌 强 明 杰 华 刚 波 辉 建明 志强 小平 国华 国强 涛 林 立新 卫东
        国平 峰 兵 建新 忠 建民 志刚 和平 建忠 健 俊 志明 文 海军""",
    ("F", 1960): """秀英 桂英 英 玉兰 秀兰 萍 玉梅 红 丽 敏 桂兰 凤英 秀珍 玲 玉英 秀梅 秀华 艳 玉华 玉珍 芳 桂香
        霞 静 丽华 秀芳 秀云 梅 春梅 兰英 淑华 桂芳 红梅 桂花 金花 燕 冬梅 桂珍""",
    ("M", 1970): """勇 军 伟 强 涛 刚 建军 波 斌 辉 峰 杰 华 明 平 建国 建华 志强 兵 海军 志刚 俊 飞 鹏 健 磊 建平
        林 超 亮 锋 东 志勇 志军 小平 国强 小军 彬 海""",
    ("F", 1970): """丽 艳 敏 芳 静 红梅 霞 燕 红 英 玲 娟 莉 梅 萍 海燕 小红 红霞 春梅 冬梅 华 秀英 海霞 玉梅 海英
        雪梅 小英 琴 丽华 红英 秀梅 艳红 丽娟 丽萍 秀丽 彩霞 琼""",
    ("M", 1980): """伟 磊 勇 超 涛 强 鹏 军 杰 亮 波 飞 斌 辉 刚 龙 明 凯 俊 健 峰 浩 林 建 洋 帅 鑫 平 志强 雷 华 彬
        旭 宇 阳 海涛 威 坤 宁""",
    ("F", 1980): """静 丽 娟 艳 燕 敏 娜 芳 丹 玲 丽丽 霞 莉 婷 海燕 婷婷 慧 梅 丹丹 琴 红 萍 雪 倩 丽娟 洁 玲玲 英
        丽娜 晶 小燕 琳 颖 莹 佳 晶晶 海霞""",
}
_LISTED = {key: text.split() for key, text in _GIVEN.items()}
_JOINED = {
    ("M", 1950): ("国志永明文世金德正福仁根宝启兴", "华明林生平良忠法土财富贵清才高"),
    ("F", 1950): ("秀玉桂金彩月爱美小素香银杏凤冬", "英兰珍花香梅莲凤云娥仙芬菊娟女"),
    ("M", 1960): ("建国志卫永文海伟新明金正振立爱", "华平军强明林民东伟忠良勇文根飞"),
    ("F", 1960): ("秀丽玉美爱小春金彩雪红菊桂亚月", "英芳萍红梅华琴娟芬霞娥珍飞君仙"),
    ("M", 1970): ("志建海国小文伟永卫晓仙荣利才正", "军平勇强刚华峰明东斌辉伟林飞青"),
    ("F", 1970): ("丽小红海春雪秀艳美晓爱亚冬玲素", "芳萍燕霞梅娟英红琴君飞华珍玲敏"),
    ("M", 1980): ("志海文晓俊建小伟永振佳成立凯鹏", "伟强峰涛杰鹏军飞超林辉波明斌华"),
    ("F", 1980): ("丽晓海小雪婷春亚美燕佳静雅慧文", "娜芳娟丽燕霞玲萍婷敏君飞红琴静"),
}
"""First and second characters that were put together in those years; half of the names are made so."""
_EARLIEST, _LATEST = 1950, 1980
_JOINED_SHARE = 0.5


def surname(rng: Random) -> str:
    """A surname as common as it is."""
    return rng.choices(_NAMES, cum_weights=_CUMULATIVE)[0]


def given_name(rng: Random, sex: str, birth_year: int) -> str:
    """What a child of this sex might have been called in that year."""
    key = sex, min(max(birth_year // 10 * 10, _EARLIEST), _LATEST)
    if rng.random() < _JOINED_SHARE:
        first, second = (rng.choice(part) for part in _JOINED[key])
        return first if first == second else first + second
    listed = _LISTED[key]
    return listed[int(rng.random() ** 2 * len(listed))]
